"""The queries of the evaluation: pictures, conditions and right answers.

Every picture is made when it is needed and not kept. The module knows nothing of answers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

import numpy as np

from device.imaging.frames import Pixels
from device.imaging.picture_decoder import PictureDecoder
from evaluation.dataset import EvaluationPrint, choose_prints
from evaluation.ground_truth import GroundTruthPicture
from evaluation.metrics import Values
from evaluation.simulate.conditions import HandheldFactor, Level, Suite
from evaluation.simulate.distractor_scenes import DistractorKind, scene_without_print
from evaluation.simulate.handheld import HandheldCapture, capture


class SectionKind(StrEnum):
    """The kind of queries in a section."""

    LEVEL = "captures"
    REVERSE = "in reverse"
    PAIRS = "real pairs"
    UNKNOWN = "unknown prints"
    EMPTY = "no print"
    FACTOR = "one factor"
    PHOTOGRAPHS = "photographs"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPicture:
    """The picture of one query.

    Attributes:
        pixels: uint8 (H, W, 3), RGB.
        corners: float64 (4, 2); the sheet's corners in pixels, clockwise. `None` if unknown.
        conditions: The capture's conditions in words; may be empty.
    """

    pixels: Pixels
    corners: Values | None = None
    conditions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationQuery:
    """One query: a function that makes its picture, and its right answers.

    Attributes:
        name: Name of the picture, such as the print's id.
        right: Rows that are right answers; empty if there are none.
        without: Rows left out of the search: the picture itself, if it belongs to the collection.
        also_left_out: Whether to search again without the rows in `right`, as if the museum had no such print.
    """

    name: str
    right: frozenset[int]
    make_picture: Callable[[], QueryPicture]
    without: frozenset[int] = frozenset()
    also_left_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySection:
    """Queries that are scored together."""

    name: str
    kind: SectionKind
    queries: tuple[EvaluationQuery, ...]


def level(
    prints: Sequence[EvaluationPrint], of: Level, *, number: int, seed: int, suite: Suite
) -> QuerySection:
    """Return the section of captures at one level, each searched with and without its print."""
    make_picture = partial(_handheld, level=of, suite=suite)
    queries = _captures(prints, make_picture, number=number, seed=seed, also_left_out=True)
    return QuerySection(name=of.value, kind=SectionKind.LEVEL, queries=queries)


def in_reverse(
    prints: Sequence[EvaluationPrint], *, number: int, seed: int, suite: Suite
) -> QuerySection:
    """Return the section of captures of mirrored prints; copies are often in reverse."""
    make_picture = partial(_handheld, level=Level.NORMAL, suite=suite, mirrored=True)
    queries = _captures(prints, make_picture, number=number, seed=seed)
    return QuerySection(name="in reverse", kind=SectionKind.REVERSE, queries=queries)


def factors(
    prints: Sequence[EvaluationPrint], *, number: int, seed: int, suite: Suite
) -> Iterator[QuerySection]:
    """Yield a section for each factor of a suite alone, after one without any factor."""
    chosen: list[HandheldFactor] = [factor for factor in HandheldFactor if factor in suite.factors]
    for factor in (None, *chosen):
        present = frozenset() if factor is None else frozenset({factor})
        make_picture = partial(_handheld, level=Level.NORMAL, suite=suite, present=present)
        yield QuerySection(
            name="none of them" if factor is None else factor.value,
            kind=SectionKind.FACTOR,
            queries=_captures(prints, make_picture, number=number, seed=seed),
        )


def _captures(
    prints: Sequence[EvaluationPrint],
    make_picture: Callable[..., QueryPicture],
    *,
    number: int,
    seed: int,
    also_left_out: bool = False,
) -> tuple[EvaluationQuery, ...]:
    """Return a query for each capture; `make_picture` gets the print and the capture's seed."""
    return tuple(
        EvaluationQuery(
            name=one.record.record_id,
            right=one.right,
            make_picture=partial(make_picture, one, seed=own),
            also_left_out=also_left_out,
        )
        for one, own in choose_prints(prints, number, seed)
    )


def real_pairs(
    prints: Sequence[EvaluationPrint],
    pictures: Sequence[GroundTruthPicture],
    *,
    seed: int,
    decoder: PictureDecoder,
) -> Iterator[QuerySection]:
    """Yield two sections of other copies of prints: as scanned, and as simulated captures."""
    of = {one.record.record_id: one for one in prints}
    for name, is_held in (("other copies, clean", False), ("other copies, held", True)):
        yield QuerySection(
            name=name,
            kind=SectionKind.PAIRS,
            queries=tuple(
                _real_query(
                    picture,
                    of,
                    (
                        partial(_handheld_file, seed=seed, decoder=decoder)
                        if is_held
                        else partial(_unchanged_file, decoder=decoder)
                    ),
                    of,
                )
                for picture in pictures
            ),
        )


def photographs(
    prints: Sequence[EvaluationPrint],
    pictures: Sequence[GroundTruthPicture],
    *,
    decoder: PictureDecoder,
) -> QuerySection:
    """Return the section of real photographs; those without a record show unknown prints."""
    of = {one.record.record_id: one for one in prints}
    return QuerySection(
        name="photographs",
        kind=SectionKind.PHOTOGRAPHS,
        queries=tuple(
            _real_query(picture, of, partial(_unchanged_file, decoder=decoder), {})
            for picture in pictures
        ),
    )


def distractors(
    paths: Sequence[Path], *, seed: int, suite: Suite, decoder: PictureDecoder
) -> QuerySection:
    """Return the section of captures of prints that are not in the collection."""
    return QuerySection(
        name="prints of other collections",
        kind=SectionKind.UNKNOWN,
        queries=tuple(
            EvaluationQuery(
                name=path.name,
                right=frozenset(),
                make_picture=partial(_handheld_file, path, seed=seed, suite=suite, decoder=decoder),
            )
            for path in paths
        ),
    )


def without_print(number: int, *, seed: int, suite: Suite) -> QuerySection:
    """Return the section of frames without any print, of every kind and level in turn."""
    kinds, levels = tuple(DistractorKind), tuple(Level)
    return QuerySection(
        name="no print",
        kind=SectionKind.EMPTY,
        queries=tuple(
            EvaluationQuery(
                name=kinds[i % len(kinds)].value,
                right=frozenset(),
                make_picture=partial(
                    _frame_without_print,
                    str(i),
                    kinds[i % len(kinds)],
                    levels[i % len(levels)],
                    seed,
                    suite,
                ),
            )
            for i in range(number)
        ),
    )


def _real_query(
    picture: GroundTruthPicture,
    prints: Mapping[str, EvaluationPrint],
    make_picture: Callable[[Path], QueryPicture],
    may_be: Mapping[str, EvaluationPrint],
) -> EvaluationQuery:
    # A query may also be a print of this collection. It must not find itself.
    itself = may_be.get(picture.image.stem)
    without = frozenset({itself.record.item}) if itself else frozenset[int]()
    right = frozenset[int]().union(*(prints[record_id].right for record_id in picture.right))
    return EvaluationQuery(
        name=picture.name,
        right=right - without,
        make_picture=partial(make_picture, picture.image),
        without=without,
    )


def _handheld(
    one: EvaluationPrint,
    *,
    level: Level,
    seed: int,
    suite: Suite,
    present: frozenset[HandheldFactor] | None = None,
    mirrored: bool = False,
) -> QueryPicture:
    return _query_picture(
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


def _handheld_file(
    path: Path, *, seed: int, decoder: PictureDecoder, suite: Suite = Suite.OPEN
) -> QueryPicture:
    pixels = decoder.load(path)
    return _query_picture(capture(pixels, path.stem, level=Level.NORMAL, seed=seed, suite=suite))


def _unchanged_file(path: Path, *, decoder: PictureDecoder) -> QueryPicture:
    return QueryPicture(pixels=decoder.load(path))


def _frame_without_print(
    name: str, kind: DistractorKind, at: Level, seed: int, suite: Suite
) -> QueryPicture:
    return QueryPicture(
        pixels=scene_without_print(name, kind, level=at, seed=seed, suite=suite),
        conditions=at.value,
    )


def _query_picture(held: HandheldCapture) -> QueryPicture:
    seen = held.conditions
    return QueryPicture(
        pixels=held.pixels,
        corners=np.array([(corner.x, corner.y) for corner in held.corners]),
        conditions=f"{seen.background}, turned {seen.turn_deg:.0f}°, tilted {seen.tilt_deg:.0f}°, fills {seen.fill:.0%}",
    )
