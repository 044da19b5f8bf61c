"""Summarise the outcomes of an evaluation as an `EvaluationReport`.

It computes the scores of each section, the targets, the curves and the times.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from device.bundle.manifest import Manifest
from device.recognition.verdict import Verdict
from evaluation import metrics
from evaluation.metrics import CountedShare, Percentiles
from evaluation.plan import EvaluationPlan
from evaluation.queries import SectionKind
from evaluation.results import EvaluationMark, EvaluationReport, LevelScores, ReferenceLine
from evaluation.run_queries import QueryOutcome, Run
from evaluation.simulate.conditions import HOLDOUT, Level

CORNERS_WITHIN = 0.02
LEFT_OUT = "left out"


def summarise(
    run: Run,
    manifest: Manifest,
    plan: EvaluationPlan,
    *,
    threads: int,
    model_ms: float,
    refused: Sequence[str] = (),
    reference: Sequence[ReferenceLine] = (),
) -> EvaluationReport:
    """Return the report of an evaluation's outcomes: scores, targets, curves and times."""
    groups: dict[tuple[str, str], list[QueryOutcome]] = {}
    for outcome in run.outcomes:
        groups.setdefault((outcome.section, outcome.kind), []).append(outcome)
    others = [o for o in run.outcomes if o.kind is SectionKind.UNKNOWN]
    sections = tuple(_scores(*named, group, others) for named, group in groups.items())
    times = [outcome.took_ms for outcome in run.outcomes]
    steps: dict[str, list[float]] = {}
    for outcome in run.outcomes:
        for step, took_ms in outcome.timings_ms.items():
            steps.setdefault(step, []).append(took_ms)
    whole = metrics.percentiles(times)
    return EvaluationReport(
        bundle_id=manifest.bundle_id,
        name=manifest.name,
        prints=manifest.items,
        suite=plan.suite.value,
        seed=plan.seed,
        threads=threads,
        thresholds=manifest.thresholds,
        marks=_marks({section.name: section for section in sections}, whole, model_ms),
        sections=sections,
        reference=tuple(reference),
        model_ms=model_ms,
        whole=whole,
        whole_by={
            name: metrics.percentiles(
                [o.took_ms for o in run.outcomes if _is_in_collection(o) is there]
            )
            for name, there in (("print in the collection", True), ("print not in it", False))
        },
        steps={step: metrics.percentiles(took) for step, took in steps.items()},
        refused=(*refused, *run.unread),
    )


def _scores(
    name: str, sort: str, outcomes: Sequence[QueryOutcome], others: Sequence[QueryOutcome]
) -> LevelScores:
    known = [o.scored for o in outcomes if _is_in_collection(o)]
    unknown = [o for o in outcomes if not _is_in_collection(o)]
    # Prints of other collections are captured at the normal level, so its threshold includes them.
    wider = [o.scored for o in (*unknown, *(others if name == Level.NORMAL.value else ()))]
    errors = [o.corner_error for o in outcomes if not o.left_out and o.corner_error is not None]
    return LevelScores(
        name=name,
        sort=sort,
        count=len(known),
        unknown=len(unknown),
        r1=metrics.recall_at(known, 1),
        r5=metrics.recall_at(known, 5),
        r20=metrics.recall_at(known, 20),
        accepted_right=metrics.accepted_and_right(known),
        unknown_accepted=metrics.accepted([o.scored for o in unknown]),
        right_at_1_percent=metrics.right_at_false_accepts(known, wider),
        false_at_95_percent=metrics.false_accepts_at_right(known, wider),
        gap=metrics.average_precision(known, wider),
        corners=metrics.share_of([error <= CORNERS_WITHIN for error in errors]),
        mirrored=metrics.share_of([o.mirrored for o in outcomes if not o.left_out]),
        not_in_collection=metrics.share_of(
            [o.verdict is Verdict.NOT_IN_COLLECTION for o in unknown]
        ),
        verdicts=dict(Counter(_verdict(o) for o in outcomes)),
        is_held_back=name in {factor.value for factor in HOLDOUT},
        curve=metrics.curve(known, wider),
    )


def _is_in_collection(outcome: QueryOutcome) -> bool:
    return outcome.is_known and not outcome.left_out


def _verdict(outcome: QueryOutcome) -> str:
    return f"{LEFT_OUT}: {outcome.verdict}" if outcome.left_out else outcome.verdict.value


def _marks(
    found: Mapping[str, LevelScores], whole: Percentiles, model_ms: float
) -> tuple[EvaluationMark, ...]:
    wanted: tuple[tuple[str, str, str, float], ...] = (
        ("R@1, easy", "easy", "r1", 0.995),
        ("R@1, normal", "normal", "r1", 0.98),
        ("R@1, hard", "hard", "r1", 0.92),
        ("accepted and right at 1 % false accepts, normal", "normal", "right_at_1_percent", 0.95),
        ("R@1, other copies, clean", "other copies, clean", "r1", 0.94),
        ("R@20, other copies, clean", "other copies, clean", "r20", 0.99),
        ("R@1, other copies, held", "other copies, held", "r1", 0.85),
        ("sheet's corners within 2 %, normal", "normal", "corners", 0.98),
    )
    nothing = metrics.share(0, 0)
    marks = [
        _mark(name, getattr(found[section], what) if section in found else nothing, least)
        for name, section, what, least in wanted
    ]
    empty = found["no print"].not_in_collection if "no print" in found else nothing
    answered = metrics.share(empty.count - empty.hits, empty.count)
    marks.append(_mark("no print here, answered otherwise", answered, 0.005, is_at_least=False))
    multiple = round(whole.p95 / model_ms, 3) if whole.count and model_ms else None
    marks.append(
        EvaluationMark(
            name="frame to answer, p95, in bare model calls",
            wanted=4.0,
            is_at_least=False,
            found=multiple,
            is_met=None if multiple is None else multiple <= 4.0,
            low=None,
            high=None,
            count=whole.count,
        )
    )
    return tuple(marks)


def _mark(
    name: str, found: CountedShare, wanted: float, *, is_at_least: bool = True
) -> EvaluationMark:
    value = found.value
    is_met = None if value is None else value >= wanted if is_at_least else value <= wanted
    return EvaluationMark(
        name=name,
        wanted=wanted,
        is_at_least=is_at_least,
        found=value,
        is_met=is_met,
        low=None if value is None else found.low,
        high=None if value is None else found.high,
        count=found.count,
    )
