"""What the held-print protocol asks: which pictures are shown, under which conditions, and what is right of each.

Every picture is made when it is needed and not kept. Knows nothing of answers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

import numpy as np

from device.imaging import frames
from device.imaging.frames import Pixels
from evaluation.dataset import EvaluationPrint, captured
from evaluation.ground_truth import Truth
from evaluation.metrics import Values
from evaluation.simulate.conditions import HandheldFactor, Level, Suite
from evaluation.simulate.distractor_scenes import DistractorKind, empty
from evaluation.simulate.handheld import HandheldCapture, capture


class SectionKind(StrEnum):
    """What kind of question a section asks."""

    LEVEL = "captures"
    REVERSE = "in reverse"
    PAIRS = "real pairs"
    UNKNOWN = "unknown prints"
    EMPTY = "no print"
    FACTOR = "one factor"
    PHOTOGRAPHS = "photographs"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPicture:
    """One picture that is shown to the kiosk.

    Attributes:
        pixels: uint8 (H, W, 3), RGB.
        corners: float64 (4, 2), the sheet's, in pixels, clockwise; `None` where nobody knows them.
        under: Its conditions, in words; may be empty.
    """

    pixels: Pixels
    corners: Values | None = None
    under: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationQuery:
    """One picture, and what is right of it.

    Attributes:
        name: What the picture is called, such as the print's id.
        right: Rows that it may be answered with; empty when nothing is right.
        without: Rows left out: the picture itself, where it is one of the collection's.
        asks_twice: Whether to ask again with `right` left out, as if the museum had no such print.
    """

    name: str
    right: frozenset[int]
    show: Callable[[], QueryPicture]
    without: frozenset[int] = frozenset()
    asks_twice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySection:
    """Questions that are scored together."""

    name: str
    sort: SectionKind
    questions: tuple[EvaluationQuery, ...]


def level(
    prints: Sequence[EvaluationPrint], of: Level, *, number: int, seed: int, suite: Suite
) -> QuerySection:
    """Give captures of prints at one level, each asked with its print in the collection and without."""
    held = partial(_held, level=of, suite=suite)
    questions = _captures(prints, held, number=number, seed=seed, asks_twice=True)
    return QuerySection(name=of.value, sort=SectionKind.LEVEL, questions=questions)


def in_reverse(
    prints: Sequence[EvaluationPrint], *, number: int, seed: int, suite: Suite
) -> QuerySection:
    """Give captures of prints seen in a mirror, as copies often are."""
    held = partial(_held, level=Level.NORMAL, suite=suite, mirrored=True)
    questions = _captures(prints, held, number=number, seed=seed)
    return QuerySection(name="in reverse", sort=SectionKind.REVERSE, questions=questions)


def factors(
    prints: Sequence[EvaluationPrint], *, number: int, seed: int, suite: Suite
) -> Iterator[QuerySection]:
    """Give a section for each factor of a suite, alone, and one first with none of them."""
    chosen: list[HandheldFactor] = [factor for factor in HandheldFactor if factor in suite.factors]
    for factor in (None, *chosen):
        present = frozenset() if factor is None else frozenset({factor})
        held = partial(_held, level=Level.NORMAL, suite=suite, present=present)
        yield QuerySection(
            name="none of them" if factor is None else factor.value,
            sort=SectionKind.FACTOR,
            questions=_captures(prints, held, number=number, seed=seed),
        )


def _captures(
    prints: Sequence[EvaluationPrint],
    held: Callable[..., QueryPicture],
    *,
    number: int,
    seed: int,
    asks_twice: bool = False,
) -> tuple[EvaluationQuery, ...]:
    """Give a question for each capture: `held` is given the print and the capture's own seed."""
    return tuple(
        EvaluationQuery(
            name=one.record.record_id,
            right=one.right,
            show=partial(held, one, seed=own),
            asks_twice=asks_twice,
        )
        for one, own in captured(prints, number, seed)
    )


def real_pairs(
    prints: Sequence[EvaluationPrint], truths: Sequence[Truth], *, seed: int
) -> Iterator[QuerySection]:
    """Give other copies of prints: as scanned, and held under the simulated camera at normal."""
    of = {one.record.record_id: one for one in prints}
    for name, is_held in (("other copies, clean", False), ("other copies, held", True)):
        yield QuerySection(
            name=name,
            sort=SectionKind.PAIRS,
            questions=tuple(
                _question(truth, of, partial(_held_file, seed=seed) if is_held else _as_it_is, of)
                for truth in truths
            ),
        )


def photographs(prints: Sequence[EvaluationPrint], truths: Sequence[Truth]) -> QuerySection:
    """Give real photographs; those of no record are asked as unknown prints."""
    of = {one.record.record_id: one for one in prints}
    return QuerySection(
        name="photographs",
        sort=SectionKind.PHOTOGRAPHS,
        questions=tuple(_question(truth, of, _as_it_is, {}) for truth in truths),
    )


def distractors(pictures: Sequence[Path], *, seed: int, suite: Suite) -> QuerySection:
    """Give captures, at normal, of prints that are not in the collection."""
    return QuerySection(
        name="prints of other collections",
        sort=SectionKind.UNKNOWN,
        questions=tuple(
            EvaluationQuery(
                name=path.name,
                right=frozenset(),
                show=partial(_held_file, path, seed=seed, suite=suite),
            )
            for path in pictures
        ),
    )


def without_print(number: int, *, seed: int, suite: Suite) -> QuerySection:
    """Give frames without any print, of every kind and level in turn."""
    kinds, levels = tuple(DistractorKind), tuple(Level)
    return QuerySection(
        name="no print",
        sort=SectionKind.EMPTY,
        questions=tuple(
            EvaluationQuery(
                name=kinds[i % len(kinds)].value,
                right=frozenset(),
                show=partial(
                    _empty, str(i), kinds[i % len(kinds)], levels[i % len(levels)], seed, suite
                ),
            )
            for i in range(number)
        ),
    )


def _question(
    truth: Truth,
    prints: Mapping[str, EvaluationPrint],
    show: Callable[[Path], QueryPicture],
    may_be: Mapping[str, EvaluationPrint],
) -> EvaluationQuery:
    # A query may be a print of this collection too: it must not find itself.
    itself = may_be.get(truth.image.stem)
    without = frozenset({itself.record.item}) if itself else frozenset[int]()
    right = frozenset[int]().union(*(prints[record_id].right for record_id in truth.right))
    return EvaluationQuery(
        name=truth.name, right=right - without, show=partial(show, truth.image), without=without
    )


def _held(
    one: EvaluationPrint,
    *,
    level: Level,
    seed: int,
    suite: Suite,
    present: frozenset[HandheldFactor] | None = None,
    mirrored: bool = False,
) -> QueryPicture:
    return _shown(
        capture(
            one.load(),
            one.record.record_id,
            level=level,
            seed=seed,
            factors=present,
            suite=suite,
            mirrored=mirrored,
        )
    )


def _held_file(path: Path, *, seed: int, suite: Suite = Suite.OPEN) -> QueryPicture:
    pixels = frames.load(path, side=frames.UPLOAD_SIDE)
    return _shown(capture(pixels, path.stem, level=Level.NORMAL, seed=seed, suite=suite))


def _as_it_is(path: Path) -> QueryPicture:
    return QueryPicture(pixels=frames.load(path, side=frames.UPLOAD_SIDE))


def _empty(name: str, kind: DistractorKind, at: Level, seed: int, suite: Suite) -> QueryPicture:
    return QueryPicture(pixels=empty(name, kind, level=at, seed=seed, suite=suite), under=at.value)


def _shown(held: HandheldCapture) -> QueryPicture:
    seen = held.conditions
    return QueryPicture(
        pixels=held.pixels,
        corners=np.array([(corner.x, corner.y) for corner in held.corners]),
        under=f"{seen.background}, turned {seen.turn_deg:.0f}°, tilted {seen.tilt_deg:.0f}°, fills {seen.fill:.0%}",
    )
