"""The prints that an evaluation shows: each with its picture and its right answers."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, islice

from device.bundle.reader import OpenedBundle
from device.bundle.records import Record
from device.bundle.relations import related_items
from device.imaging import decoding
from device.imaging.frames import Pixels
from evaluation.scored_prints import is_scored

# Returns a record's picture, uint8 (H, W, 3), RGB, upright.
Load = Callable[[Record], Pixels]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPrint:
    """A print of the collection, with its picture and its right answers.

    Attributes:
        right: The rows that count as right: its own, and those related to it in either direction.
        load: Returns its picture, uint8 (H, W, 3), RGB, upright.
    """

    record: Record
    right: frozenset[int]
    load: Callable[[], Pixels]


def prints_of(bundle: OpenedBundle, load: Load | None = None) -> tuple[EvaluationPrint, ...]:
    """Return every print of a bundle, with its picture and its right answers.

    Args:
        bundle: The bundle.
        load: Returns a record's picture; `None` uses the bundle's own, if it may be shown.
    """
    records = [bundle.records.at(item) for item in range(bundle.manifest.items)]
    related = related_items(records)
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
    """Choose prints to capture, each with the seed of its capture.

    Prints repeat with further seeds when there are too few. Prints that thresholds may be fitted on are used only if
    there are no others. Prints whose picture may not be shown are never used, because the evaluation's page shows the
    failures.
    """
    shown = [one for one in prints if one.record.show_picture]
    scored = [one for one in shown if is_scored(one.record.record_id)] or shown
    scored.sort(key=lambda one: hashlib.sha256(f"{seed}:{one.record.record_id}".encode()).digest())
    endless = ((one, seed + round_) for round_ in count() for one in scored)
    return islice(endless, number if scored else 0)


def scored_count(prints: Sequence[EvaluationPrint]) -> int:
    """Return how many prints `choose_prints` returns before it repeats one."""
    shown = [one for one in prints if one.record.show_picture]
    return len([one for one in shown if is_scored(one.record.record_id)] or shown)


def _screen_picture(bundle: OpenedBundle, record: Record) -> Pixels:
    return decoding.decode(bundle.pictures.get(record.record_id, "screen"), name=record.record_id)
