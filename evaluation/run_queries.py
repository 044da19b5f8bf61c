"""Run the evaluation's queries: recognise each as on the kiosk, and keep its outcome.

`EvaluationPlan` decides which queries there are, and `evaluation.summary` computes the scores of the answers.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from device.errors import PictureError
from device.imaging import frames
from device.imaging.picture_decoder import PictureDecoder
from device.recognition.recogniser import Answer, Recogniser
from device.recognition.verdict import ACCEPTED, Verdict
from evaluation import queries
from evaluation.dataset import EvaluationPrint, scored_count
from evaluation.failures import Failure, failure_of
from evaluation.ground_truth import GroundTruthPicture
from evaluation.metrics import ScoredAnswer, corner_error
from evaluation.plan import EvaluationPlan
from evaluation.queries import EvaluationQuery, QueryPicture, QuerySection, SectionKind
from evaluation.simulate.conditions import Level

T = TypeVar("T")

# Called with the section's name, the number of queries done, and the total.
Progress = Callable[[str, int, int], None]
# Called with each query and its first answer. The desk's reference uses this.
QueryObserver = Callable[[QuerySection, EvaluationQuery, QueryPicture, Answer], None]

COUNT = 20
_FULL_FACTOR, _FULL_EMPTY = 100, 1000
_FAILURES_A_SECTION = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The pictures that the queries are made from.

    Attributes:
        prints: The prints of the bundle.
        pairs, photographs: Real pictures with their ground truth.
        distractors: Picture files of prints that are not in the collection.
    """

    prints: tuple[EvaluationPrint, ...]
    pairs: tuple[GroundTruthPicture, ...] = ()
    photographs: tuple[GroundTruthPicture, ...] = ()
    distractors: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOutcome:
    """One answer, compared with the ground truth.

    Attributes:
        name: Name of the query.
        is_known: Whether the collection holds a right answer.
        left_out: Whether the right answers were left out, as if the museum had no such print.
        scored: Rank, acceptance and confidence of the answer.
        answered: Id of the first match; `None` without matches.
        corner_error: Error of the sheet's worst corner, as a share of its diagonal. Infinite if no sheet was found,
            `None` if the true corners are unknown.
        took_ms: Wall time from frame to answer.
    """

    section: str
    kind: SectionKind
    name: str
    is_known: bool
    left_out: bool
    scored: ScoredAnswer
    verdict: Verdict
    answered: str | None
    mirrored: bool
    corner_error: float | None
    took_ms: float
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The outcomes of all queries.

    Attributes:
        unread: One line for each picture that can't be read.
    """

    outcomes: tuple[QueryOutcome, ...]
    failures: tuple[Failure, ...]
    unread: tuple[str, ...]


def sections(
    material: Material, plan: EvaluationPlan, decoder: PictureDecoder
) -> Iterator[QuerySection]:
    """Yield all query sections in order; sections without material are left out.

    Args:
        material: The pictures.
        plan: How many queries are made.
        decoder: Decodes picture files; it must stay open while the queries are used.
    """
    prints, seed, suite = material.prints, plan.seed, plan.suite
    most = max(plan.captures, scored_count(prints)) if plan.is_full else plan.captures
    a_factor = max(plan.a_factor, _FULL_FACTOR) if plan.is_full else plan.a_factor
    empty = max(plan.empty, _FULL_EMPTY) if plan.is_full else plan.empty
    for level in Level:
        yield queries.level(prints, level, number=most, seed=seed, suite=suite)
    yield queries.in_reverse(prints, number=plan.reverse, seed=seed, suite=suite)
    if material.pairs:
        yield from queries.real_pairs(prints, material.pairs, seed=seed, decoder=decoder)
    if material.photographs:
        yield queries.photographs(prints, material.photographs, decoder=decoder)
    if material.distractors:
        shown = material.distractors if plan.is_full else material.distractors[: plan.captures]
        yield queries.distractors(shown, seed=seed, suite=suite, decoder=decoder)
    yield queries.without_print(empty, seed=seed, suite=suite)
    yield from queries.factors(prints, number=a_factor, seed=seed, suite=suite)


def run(
    recogniser: Recogniser,
    query_sections: Iterator[QuerySection],
    *,
    progress: Progress,
    observer: QueryObserver | None = None,
    after_query: Callable[[], None] = lambda: None,
) -> Run:
    """Recognise every query of all sections and return the outcomes.

    Args:
        recogniser: The bundle's recogniser, as on the kiosk.
        query_sections: The queries, grouped by section.
        progress: Called after each query.
        observer: Called with each query and its answer; its time is not counted.
        after_query: Called after each query.
    """
    outcomes: list[QueryOutcome] = []
    failures: list[Failure] = []
    unread: list[str] = []
    for section in query_sections:
        found: list[Failure] = []
        for number, query in enumerate(section.queries, 1):
            try:
                results = _run_query(recogniser, section, query, observer)
            except PictureError as error:
                unread.append(f"{section.name}: {error}")
                continue
            outcomes += [outcome for outcome, _ in results]
            found += [failure for _, failure in results if failure is not None]
            after_query()
            progress(section.name, number, len(section.queries))
        failures += found[:_FAILURES_A_SECTION]
    return Run(outcomes=tuple(outcomes), failures=tuple(failures), unread=tuple(unread))


def _run_query(
    recogniser: Recogniser,
    section: QuerySection,
    query: EvaluationQuery,
    observer: QueryObserver | None,
) -> list[tuple[QueryOutcome, Failure | None]]:
    shown = query.make_picture()
    answer, took_ms = _recognised(recogniser, shown, query.without)
    results = [_outcome(recogniser, section, query, shown, answer, took_ms, left_out=False)]
    if observer is not None:
        observer(section, query, shown, answer)
    if query.also_left_out:
        answer, took_ms = _recognised(recogniser, shown, query.without | query.right)
        results.append(_outcome(recogniser, section, query, shown, answer, took_ms, left_out=True))
    return results


def _recognised(
    recogniser: Recogniser, shown: QueryPicture, without: frozenset[int]
) -> tuple[Answer, float]:
    frame = frames.frame(shown.pixels, source="evaluation")
    return _timed(partial(recogniser.recognise, frame, excluded=without, count=COUNT))


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    since = time.perf_counter()
    result = call()
    return result, (time.perf_counter() - since) * 1000


def _outcome(
    recogniser: Recogniser,
    section: QuerySection,
    query: EvaluationQuery,
    shown: QueryPicture,
    answer: Answer,
    took_ms: float,
    *,
    left_out: bool,
) -> tuple[QueryOutcome, Failure | None]:
    items = [match.record.item for match in answer.matches]
    right = frozenset[int]() if left_out else query.right
    rank = next((place for place, item in enumerate(items) if item in right), None)
    outcome = QueryOutcome(
        section=section.name,
        kind=section.kind,
        name=query.name,
        is_known=bool(query.right),
        left_out=left_out,
        scored=ScoredAnswer(
            rank=rank, accepted=answer.verdict in ACCEPTED, confidence=float(answer.confidence)
        ),
        verdict=answer.verdict,
        answered=answer.matches[0].record.record_id if answer.matches else None,
        mirrored=answer.mirrored,
        corner_error=_corner_error(shown, answer),
        took_ms=took_ms,
        timings_ms=answer.timings_ms,
    )
    if not _is_failure(outcome, right):
        return outcome, None
    name = f"{section.name}, left out" if left_out else section.name
    return outcome, failure_of(recogniser.bundle, query, shown, answer, name, right)


def _is_failure(outcome: QueryOutcome, right: frozenset[int]) -> bool:
    """Return whether the answer belongs among the failures on the page."""
    if right:
        return outcome.scored.rank != 0
    if outcome.kind is SectionKind.EMPTY:
        return outcome.verdict is not Verdict.NOT_IN_COLLECTION
    return outcome.scored.accepted


def _corner_error(shown: QueryPicture, answer: Answer) -> float | None:
    if shown.corners is None:
        return None
    if answer.sheet is None:
        return float("inf")
    found = np.array([(corner.x, corner.y) for corner in answer.sheet])
    return corner_error(found, shown.corners)
