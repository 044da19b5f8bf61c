"""The page holds all results and failures, loads nothing else, and escapes titles."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from device.bundle.reader import read_manifest
from device.recognition.verdict import Verdict
from evaluation import metrics, summary
from evaluation.failures import FailedPrint, Failure, data_uri, select_failures
from evaluation.metrics import ScoredAnswer
from evaluation.plan import EvaluationPlan
from evaluation.queries import SectionKind
from evaluation.report import page
from evaluation.results import EvaluationReport
from evaluation.run_queries import QueryOutcome, Run

BUNDLE = Path(__file__).parents[3] / "demo/bundle"
NASTY = '<script>alert("1")</script> & "Sohn"'


def outcome(
    section: str, kind: SectionKind, rank: int | None, confidence: float, **changes: object
) -> QueryOutcome:
    """Return the outcome of one query."""
    values: dict[str, object] = {
        "section": section, "kind": kind, "name": "p", "is_known": True, "left_out": False,
        "scored": ScoredAnswer(rank=rank, accepted=confidence >= 1, confidence=confidence),
        "verdict": Verdict.SAME_PRINT if confidence >= 1 else Verdict.NOT_IN_COLLECTION,
        "answered": "p", "mirrored": False, "corner_error": 0.01, "took_ms": 100.0,
        "timings_ms": {"sheet": 20.0},
    }  # fmt: skip
    return QueryOutcome(**(values | changes))  # type: ignore[arg-type]


def failure(section: str, confidence: float) -> Failure:
    """Return a failure whose title contains a script."""
    picture = data_uri("image/jpeg", b"pixels")
    return Failure(
        section=section, name=NASTY, conditions="wood", frame=picture, verdict="same_print",
        confidence=confidence, right=FailedPrint(record_id="r-1", title=NASTY, picture=None),
        answered=FailedPrint(record_id="r-2", title="Melencolia", picture=picture),
    )  # fmt: skip


@pytest.fixture(scope="module")
def report() -> EvaluationReport:
    """A report of a few outcomes."""
    outcomes = (
        *(outcome("normal", SectionKind.LEVEL, 0, 2.0) for _ in range(3)),
        outcome("normal", SectionKind.LEVEL, None, 0.5, corner_error=float("inf")),
        *(outcome("normal", SectionKind.LEVEL, None, 0.2, left_out=True) for _ in range(4)),
        outcome("no print", SectionKind.EMPTY, None, 0.0, is_known=False, corner_error=None),
        outcome(
            "no print",
            SectionKind.EMPTY,
            None,
            0.8,
            is_known=False,
            corner_error=None,
            verdict=Verdict.SIMILAR_ONLY,
        ),
        outcome("tilt", SectionKind.FACTOR, 0, 2.0),
        outcome("glare", SectionKind.FACTOR, 0, 2.0),
    )
    run = Run(outcomes=outcomes, failures=(), unread=("torn.jpg: expected a whole picture",))
    manifest = replace(read_manifest(BUNDLE), name=NASTY)
    return summary.summarise(run, manifest, EvaluationPlan(), threads=2, model_ms=50.0)


def test_targets_are_compared_with_the_counts(report: EvaluationReport) -> None:
    found = {mark.name: mark for mark in report.marks}

    assert found["R@1, normal"].found == 0.75
    assert found["R@1, normal"].is_met is False
    assert found["accepted and right at 1 % false accepts, normal"].found == 0.75
    assert found["sheet's corners within 2 %, normal"].found == 0.75
    assert found["no print here, answered otherwise"].found == 0.5
    assert found["frame to answer, p95, in bare model calls"].found == 2.0
    assert found["R@1, hard"].is_met is None


def test_a_factor_of_the_holdout_is_marked_as_such(report: EvaluationReport) -> None:
    held_back = {section.name: section.is_held_back for section in report.sections}

    assert held_back["glare"]
    assert not held_back["tilt"]


def test_the_page_loads_nothing_else(report: EvaluationReport) -> None:
    text = page.page(report, [failure("normal", 2.0)])

    assert "<script" not in text
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", text)
    assert "url(" not in text
    assert "prefers-color-scheme: dark" in text


def test_titles_and_names_are_escaped(report: EvaluationReport) -> None:
    text = page.page(report, [failure("normal", 2.0)])

    assert NASTY not in text
    assert (
        text.count("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &quot;Sohn&quot;") == 4
    )


def test_the_page_holds_failures_and_refused_pictures(report: EvaluationReport) -> None:
    text = page.page(report, [failure("normal", 2.0)])

    assert text.count('class="case"') == 1
    assert "Melencolia" in text
    assert "picture may not be shown" in text
    assert "torn.jpg" in text


def test_every_element_is_closed(report: EvaluationReport) -> None:
    class Closing(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "img"):
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            pass

    parser = Closing()
    parser.feed(page.page(report, [failure("normal", 2.0)] * 2))
    parser.close()

    assert not parser.open


def test_the_json_holds_the_same_report(report: EvaluationReport) -> None:
    data = json.loads(page.to_json_text(report))

    assert data["sections"][0]["r1"] == {
        "hits": 3, "count": 4, "value": 0.75, "low": metrics.share(3, 4).low,
        "high": metrics.share(3, 4).high,
    }  # fmt: skip
    assert data["whole"]["p95"] == 100.0


def test_every_section_with_failures_is_shown() -> None:
    many = [failure("normal", float(i)) for i in range(40)] + [failure("no print", 0.1)]

    chosen = select_failures(many, 24)

    assert len(chosen) == 24
    assert [one.section for one in chosen].count("no print") == 1
    assert chosen[0].confidence == 39.0
