"""The prints of a bundle as evaluation shows them: each with its picture, and with the rows that count as right."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, islice

from device.bundle.reader import OpenedBundle
from device.bundle.records import Record
from device.bundle.relations import relatives
from device.imaging import frames
from device.imaging.frames import Pixels
from evaluation.split import is_scored

# Gives a record's picture, uint8 (H, W, 3), RGB, upright.
Load = Callable[[Record], Pixels]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPrint:
    """A print of the collection.

    Attributes:
        right: Its row, and those of the records that a relation of the museum's leads to or comes from.
        load: Gives its picture, uint8 (H, W, 3), RGB, upright.
    """

    record: Record
    right: frozenset[int]
    load: Callable[[], Pixels]


def prints_of(bundle: OpenedBundle, load: Load | None = None) -> tuple[EvaluationPrint, ...]:
    """Give every print of a bundle.

    Args:
        bundle: The bundle.
        load: Gives a record's picture; `None` takes the bundle's own, of what it may show.
    """
    records = [bundle.records.at(item) for item in range(bundle.manifest.items)]
    related = relatives(records)
    return tuple(
        EvaluationPrint(
            record=record,
            right=related[record.item] | {record.item},
            load=partial(load or partial(_screen_picture, bundle), record),
        )
        for record in records
    )


def choose_prints(
    prints: Sequence[EvaluationPrint], number: int, seed: int
) -> Iterator[tuple[EvaluationPrint, int]]:
    """Choose prints to be choose_prints, and a seed for each capture: again with further seeds where there are too few.

    Those that thresholds may be fitted on are left alone where there are others, and so are those whose picture may
    not be shown: evaluation's page shows what failed.
    """
    shown = [one for one in prints if one.record.show_picture]
    scored = [one for one in shown if is_scored(one.record.record_id)] or shown
    scored.sort(key=lambda one: hashlib.sha256(f"{seed}:{one.record.record_id}".encode()).digest())
    endless = ((one, seed + round_) for round_ in count() for one in scored)
    return islice(endless, number if scored else 0)


def scored_count(prints: Sequence[EvaluationPrint]) -> int:
    """Give how many prints can be choose_prints without taking one twice."""
    shown = [one for one in prints if one.record.show_picture]
    return len([one for one in shown if is_scored(one.record.record_id)] or shown)


def _screen_picture(bundle: OpenedBundle, record: Record) -> Pixels:
    return frames.decode(bundle.pictures.get(record.record_id, "screen"), name=record.record_id)
