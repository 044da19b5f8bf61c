"""The evaluation's page: one HTML file without scripts or other files, light and dark.

Titles, ids and file names are escaped. The module knows nothing of how the results were measured.
"""

import json
from collections.abc import Iterable, Sequence
from html import escape
from string import Template

from device.bundle.dataclass_json import to_json
from device.recognition.verdict import Verdict
from evaluation.failures import Failure
from evaluation.queries import SectionKind
from evaluation.report import charts
from evaluation.report.charts import Bar, Line
from evaluation.report.page_failures import failures_html
from evaluation.report.page_style import STYLE
from evaluation.report.page_tables import interval, no_value, percent, share, table
from evaluation.results import EvaluationMark, EvaluationReport, LevelScores, ReferenceLine
from evaluation.summary import LEFT_OUT

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Evaluation · $name</title>
<style>$style</style>
</head>
<body>
<p class="over">Evaluation · $prints prints · $suite of the simulator · seed $seed</p>
<h1>$name</h1>
<p class="lead">The queries are prints held under a simulated camera, other copies of prints, prints that are not in the
collection, and frames without a print. Each is recognised as on the kiosk. Small figures are 95 % intervals.</p>
<section><h2>Targets</h2>$marks</section>
<section><h2>By condition</h2>$sections
<p class="small">“Accepted, right” counts the bundle’s own verdicts. “Unknown accepted” counts captures whose print and its
related prints were left out of the collection, and prints of other collections. “At 1 %” is the share accepted rightly at
the threshold that accepts 1 % of unknown prints. “At 95 %” is the share of unknown prints accepted at the threshold that
accepts 95 % of known prints rightly. GAP is the global average precision: all answers are ranked by confidence.</p>$verdicts</section>
<section><h2>Known and unknown prints</h2>$curve</section>
<section><h2>One factor at a time</h2>$factors</section>
$reference
<section><h2>Time</h2>$times</section>
<section><h2>Failures</h2>$failures</section>
$refused
<section><h2>The bundle</h2><p class="small">$bundle: $thresholds</p></section>
</body>
</html>
""")


def to_json_text(report: EvaluationReport) -> str:
    """Return a report as JSON text."""
    return json.dumps(to_json(report), ensure_ascii=False, indent=1) + "\n"


def page(report: EvaluationReport, failures: Sequence[Failure]) -> str:
    """Return the evaluation's page: one HTML file without scripts.

    Args:
        report: The results.
        failures: All failures kept; at most 24 are shown.
    """
    limits = report.thresholds
    return _PAGE.substitute(
        name=escape(report.name),
        style=STYLE,
        prints=report.prints,
        suite="open half" if report.suite == "open" else "open half and holdout",
        seed=report.seed,
        marks=_marks(report.marks),
        sections=_sections(report.sections),
        verdicts=_verdicts(report.sections),
        curve=_curve(report.sections),
        factors=_factors(report.sections),
        reference=_reference(report.reference),
        times=_times(report),
        failures=failures_html(failures),
        refused=_refused(report.refused),
        bundle=escape(report.bundle_id),
        thresholds=f"{limits.inliers} inliers mean “found”, spread over {limits.covered:.0%} of the picture “this print”, "
        f"unless a mismatch region is larger than {limits.gap:g}; "
        f"the fingerprint alone means “the same image” from {limits.same_image} on and “similar” from {limits.similar} on.",
    )


def _marks(marks: Iterable[EvaluationMark]) -> str:
    rows = []
    for mark in marks:
        is_times = "model calls" in mark.name
        sign = "≥" if mark.is_at_least else "≤"
        wanted = f"{mark.wanted:g} ×" if is_times else f"{mark.wanted:.1%}"
        found = (
            no_value()
            if mark.found is None
            else f"{mark.found:.2f} ×" if is_times else percent(mark.found)
        )
        if mark.low is not None and mark.high is not None:
            found += interval(mark.low, mark.high)
        met = {
            None: "not measured",
            True: '<span class="met">✓</span>',
            False: '<span class="missed">✗ missed</span>',
        }
        rows.append(
            (escape(mark.name), f"{sign} {wanted}", found, str(mark.count), met[mark.is_met])
        )
    return table(("Target", "wanted", "found", "count", ""), rows)


def _sections(sections: Iterable[LevelScores]) -> str:
    rows = [
        (
            escape(one.name),
            f"{one.count} / {one.unknown}",
            share(one.r1),
            share(one.r5),
            share(one.r20),
            share(one.accepted_right),
            share(one.unknown_accepted),
            share(one.right_at_1_percent),
            share(one.false_at_95_percent),
            no_value() if one.gap is None else f"{one.gap:.3f}",
            share(one.corners),
        )
        for one in sections
        if one.sort != SectionKind.FACTOR
    ]
    head = ("", "known / unknown", "R@1", "R@5", "R@20", "accepted, right", "unknown accepted",
            "at 1 %", "at 95 %", "GAP", "corners")  # fmt: skip
    return table(head, rows)


def _verdicts(sections: Iterable[LevelScores]) -> str:
    said = [verdict.value for verdict in Verdict]
    rows = []
    for one in sections:
        for prefix, suffix in (("", ""), (f"{LEFT_OUT}: ", ", left out")):
            counts = [one.verdicts.get(prefix + name, 0) for name in said]
            if one.sort != SectionKind.FACTOR and any(counts):
                rows.append((escape(one.name) + suffix, *map(str, counts)))
    return table(("Answered", *(name.replace("_", " ") for name in said)), rows)


def _curve(sections: Iterable[LevelScores]) -> str:
    lines = [
        Line(
            name=f"{one.name} ({one.count})",
            points=tuple((point.false_accepts, point.accepts) for point in one.curve),
        )
        for one in sections
        if one.sort == SectionKind.LEVEL and one.curve
    ]
    if not lines:
        return "<p>No query was repeated with its print left out.</p>"
    drawn = charts.curves(lines, x="unknown prints accepted", y="known prints accepted and right")
    return f"<figure>{drawn}<figcaption>Each point is one threshold on the confidence of the answers.</figcaption></figure>"


def _factors(sections: Iterable[LevelScores]) -> str:
    bars = [
        Bar(
            name=one.name + (" *" if one.is_held_back else ""),
            value=one.r1.value,
            low=one.r1.low,
            high=one.r1.high,
            note=f"{one.r1.hits} of {one.r1.count}; corners {one.corners.hits}",
            is_quiet=one.is_held_back,
        )
        for one in sections
        if one.sort == SectionKind.FACTOR and one.r1.count
    ]
    starred = (
        " * belongs to the holdout: it was never used for tuning."
        if any(bar.is_quiet for bar in bars)
        else ""
    )
    return (
        f"<figure>{charts.bars(bars)}<figcaption>R@1 with one factor alone, as strong as in normal captures, and the number "
        f"of sheets found with every corner within 2 %.{starred}</figcaption></figure>"
    )


def _reference(lines: Sequence[ReferenceLine]) -> str:
    if not lines:
        return ""
    rows = [
        (
            escape(line.name),
            str(line.count),
            share(line.seed_r1),
            share(line.crop_r1),
            f"{line.cosine_median:.5f}<i class='interval'>lowest {line.cosine_lowest:.4f}</i>",
            share(line.same_first),
            share(line.same_as_exact),
        )
        for line in lines
    ]
    head = (
        "",
        "captures",
        "prototype’s method, R@1",
        "on the cut-out sheet, R@1",
        "cosine",
        "same first match",
        "index agrees with exact search",
    )
    return (
        f"<section><h2>Against full-precision TensorFlow</h2>{table(head, rows)}"
        '<p class="small">The prototype’s method is the whole frame, float TensorFlow and exact search. “Cosine” and “same '
        "first match” compare both sides’ fingerprints of the sheet that the kiosk cut out, by exact search. The last column "
        "compares the kiosk’s index with exact search of its own fingerprints.</p></section>"
    )


def _times(report: EvaluationReport) -> str:
    model = report.model_ms or 1.0
    rows = [
        (
            escape(step),
            f"{took.p50:.1f}",
            f"{took.p95:.1f}",
            f"{took.p50 / model:.2f} ×",
            f"{took.p95 / model:.2f} ×",
        )
        for step, took in (
            ("frame to answer", report.whole),
            *((f"frame to answer, {name}", took) for name, took in report.whole_by.items()),
            *report.steps.items(),
        )
    ]
    rows.append(("one bare model call", f"{report.model_ms:.1f}", "", "1.00 ×", ""))
    head = ("Step", "p50, ms", "p95, ms", "p50, model calls", "p95, model calls")
    return (
        f"{table(head, rows)}<p class='small'>{report.whole.count} answers, {report.threads} threads. Bare model calls are "
        "timed between the answers, throughout the run.</p>"
    )


def _refused(refused: Sequence[str]) -> str:
    if not refused:
        return ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in refused)
    return f'<section><h2>Pictures and rows that were not used</h2><ul class="small">{lines}</ul></section>'
