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
from evaluation.dataset import Print, captured
from evaluation.ground_truth import Truth
from evaluation.metrics import Values
from evaluation.simulate.conditions import Factor, Level, Suite
from evaluation.simulate.distractor_scenes import Kind, empty
from evaluation.simulate.handheld import Held, capture


class Sort(StrEnum):
    """What kind of question a section asks."""

    LEVEL = "captures"
    REVERSE = "in reverse"
    PAIRS = "real pairs"
    UNKNOWN = "unknown prints"
    EMPTY = "no print"
    FACTOR = "one factor"
    PHOTOGRAPHS = "photographs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
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
class Question:
    """One picture, and what is right of it.

    Attributes:
        name: What the picture is called, such as the print's id.
        right: Rows that it may be answered with; empty when nothing is right.
        without: Rows left out: the picture itself, where it is one of the collection's.
        asks_twice: Whether to ask again with `right` left out, as if the museum had no such print.
    """

    name: str
    right: frozenset[int]
    show: Callable[[], Shown]
    without: frozenset[int] = frozenset()
    asks_twice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions that are scored together."""

    name: str
    sort: Sort
    questions: tuple[Question, ...]


def level(prints: Sequence[Print], of: Level, *, number: int, seed: int, suite: Suite) -> Section:
    """Give captures of prints at one level, each asked with its print in the collection and without."""
    held = partial(_held, level=of, suite=suite)
    questions = _captures(prints, held, number=number, seed=seed, asks_twice=True)
    return Section(name=of.value, sort=Sort.LEVEL, questions=questions)


def in_reverse(prints: Sequence[Print], *, number: int, seed: int, suite: Suite) -> Section:
    """Give captures of prints seen in a mirror, as copies often are."""
    held = partial(_held, level=Level.NORMAL, suite=suite, mirrored=True)
    questions = _captures(prints, held, number=number, seed=seed)
    return Section(name="in reverse", sort=Sort.REVERSE, questions=questions)


def factors(prints: Sequence[Print], *, number: int, seed: int, suite: Suite) -> Iterator[Section]:
    """Give a section for each factor of a suite, alone, and one first with none of them."""
    chosen: list[Factor] = [factor for factor in Factor if factor in suite.factors]
    for factor in (None, *chosen):
        present = frozenset() if factor is None else frozenset({factor})
        held = partial(_held, level=Level.NORMAL, suite=suite, present=present)
        yield Section(
            name="none of them" if factor is None else factor.value,
            sort=Sort.FACTOR,
            questions=_captures(prints, held, number=number, seed=seed),
        )


def _captures(
    prints: Sequence[Print],
    held: Callable[..., Shown],
    *,
    number: int,
    seed: int,
    asks_twice: bool = False,
) -> tuple[Question, ...]:
    """Give a question for each capture: `held` is given the print and the capture's own seed."""
    return tuple(
        Question(
            name=one.record.record_id,
            right=one.right,
            show=partial(held, one, seed=own),
            asks_twice=asks_twice,
        )
        for one, own in captured(prints, number, seed)
    )


def real_pairs(prints: Sequence[Print], truths: Sequence[Truth], *, seed: int) -> Iterator[Section]:
    """Give other copies of prints: as scanned, and held under the simulated camera at normal."""
    of = {one.record.record_id: one for one in prints}
    for name, is_held in (("other copies, clean", False), ("other copies, held", True)):
        yield Section(
            name=name,
            sort=Sort.PAIRS,
            questions=tuple(
                _question(truth, of, partial(_held_file, seed=seed) if is_held else _as_it_is, of)
                for truth in truths
            ),
        )


def photographs(prints: Sequence[Print], truths: Sequence[Truth]) -> Section:
    """Give real photographs; those of no record are asked as unknown prints."""
    of = {one.record.record_id: one for one in prints}
    return Section(
        name="photographs",
        sort=Sort.PHOTOGRAPHS,
        questions=tuple(_question(truth, of, _as_it_is, {}) for truth in truths),
    )


def distractors(pictures: Sequence[Path], *, seed: int, suite: Suite) -> Section:
    """Give captures, at normal, of prints that are not in the collection."""
    return Section(
        name="prints of other collections",
        sort=Sort.UNKNOWN,
        questions=tuple(
            Question(
                name=path.name,
                right=frozenset(),
                show=partial(_held_file, path, seed=seed, suite=suite),
            )
            for path in pictures
        ),
    )


def without_print(number: int, *, seed: int, suite: Suite) -> Section:
    """Give frames without any print, of every kind and level in turn."""
    kinds, levels = tuple(Kind), tuple(Level)
    return Section(
        name="no print",
        sort=Sort.EMPTY,
        questions=tuple(
            Question(
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
    prints: Mapping[str, Print],
    show: Callable[[Path], Shown],
    may_be: Mapping[str, Print],
) -> Question:
    # A query may be a print of this collection too: it must not find itself.
    itself = may_be.get(truth.image.stem)
    without = frozenset({itself.record.item}) if itself else frozenset[int]()
    right = frozenset[int]().union(*(prints[record_id].right for record_id in truth.right))
    return Question(
        name=truth.name, right=right - without, show=partial(show, truth.image), without=without
    )


def _held(
    one: Print,
    *,
    level: Level,
    seed: int,
    suite: Suite,
    present: frozenset[Factor] | None = None,
    mirrored: bool = False,
) -> Shown:
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


def _held_file(path: Path, *, seed: int, suite: Suite = Suite.OPEN) -> Shown:
    pixels = frames.load(path, side=frames.UPLOAD_SIDE)
    return _shown(capture(pixels, path.stem, level=Level.NORMAL, seed=seed, suite=suite))


def _as_it_is(path: Path) -> Shown:
    return Shown(pixels=frames.load(path, side=frames.UPLOAD_SIDE))


def _empty(name: str, kind: Kind, at: Level, seed: int, suite: Suite) -> Shown:
    return Shown(pixels=empty(name, kind, level=at, seed=seed, suite=suite), under=at.value)


def _shown(held: Held) -> Shown:
    seen = held.conditions
    return Shown(
        pixels=held.pixels,
        corners=np.array([(corner.x, corner.y) for corner in held.corners]),
        under=f"{seen.background}, turned {seen.turn_deg:.0f}°, tilted {seen.tilt_deg:.0f}°, fills {seen.fill:.0%}",
    )
