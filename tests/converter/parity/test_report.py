"""The parity page and its JSON are complete, self-contained and reproducible."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import drawn_bundle
import pytest
from drawn_bundle import full_precision, quantised

from converter.parity import compare, report
from converter.parity.compare import MUSEUM, STRICT, GateMinimums, Parity, ParityPlan
from converter.parity.worst_cases import CASES_A_KIND
from device.bundle.reader import opened

pytestmark = pytest.mark.slow

MOST_BYTES = 1_500_000
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Outline(HTMLParser):
    """A page's links, ids, text and unclosed elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.counts: dict[str, int] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "srcset"):
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Parity:
    """The comparison of forty drawn prints; the last may not be shown."""
    folder = tmp_path_factory.mktemp("forty") / "bundle"
    drawn = drawn_bundle.write(folder, range(40), hidden=[39])
    with opened(drawn.path) as bundle:
        return compare.compare(
            bundle,
            drawn.prints,
            full_precision,
            plan=ParityPlan(seed=4, camera_queries=60, factor_queries=3),
            quantised=quantised,
        )


def test_the_page_is_the_same_every_time(measured: Parity) -> None:
    assert report.page(measured, MUSEUM) == report.page(measured, MUSEUM)


def test_the_page_loads_nothing_from_elsewhere(measured: Parity) -> None:
    page = report.page(measured, MUSEUM)

    outline = Outline(page)
    assert outline.open == []
    assert outline.links
    assert all(link.startswith(("data:image/webp;base64,", "#")) for link in outline.links)
    assert "@import" not in page and "@font-face" not in page
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert "<script" not in page


def test_charts_share_no_ids(measured: Parity) -> None:
    ids = Outline(report.page(measured, MUSEUM)).ids

    assert len(ids) == len(set(ids))


def test_every_reference_within_the_page_has_a_target(measured: Parity) -> None:
    page = report.page(measured, MUSEUM)

    outline = Outline(page)
    wanted = {link[1:] for link in outline.links if link.startswith("#")}
    wanted |= set(re.findall(r"url\(#([\w-]+)\)", page))
    assert wanted <= set(outline.ids)


def test_the_page_follows_dark_and_light_themes(measured: Parity) -> None:
    page = report.page(measured, MUSEUM)

    assert "prefers-color-scheme: dark" in page
    figures = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert not re.findall(r"#[0-9a-f]{6}", figures)  # a fixed colour would not follow the theme


def test_the_page_says_whether_the_gate_is_passed(measured: Parity) -> None:
    passed = Outline(report.page(measured, GateMinimums(clean_cosine_median=0.5))).text
    failed = Outline(report.page(measured, GateMinimums(clean_cosine_median=1.0))).text

    assert "The gate is passed" in passed and "missed" not in passed
    assert "The gate failed" in failed and "✗ missed" in failed


def test_a_figure_just_below_its_minimum_is_not_rounded_up_to_it(measured: Parity) -> None:
    just_below = replace(
        measured,
        clean=replace(measured.clean, cosines=replace(measured.clean.cosines, median=0.999299)),
    )

    text = Outline(report.page(just_below, MUSEUM)).text

    assert "0.99929" in text
    assert "0.99930" not in text


def test_titles_are_escaped(measured: Parity) -> None:
    page = report.page(measured, MUSEUM)

    assert "<& more>" not in page
    assert "&lt;&amp; more&gt;" in page


def test_worst_cases_are_shown_as_pictures_and_hidden_prints_are_not(measured: Parity) -> None:
    outline = Outline(report.page(measured, MUSEUM))

    assert outline.counts["article"] == len(measured.cases)
    answers = [p for c in measured.cases for p in (c.picture, c.reference.picture, c.kiosk.picture)]
    assert outline.counts["img"] == sum(picture is not None for picture in answers)
    assert outline.text.count("picture may not be shown") == sum(p is None for p in answers)


def test_a_page_with_the_most_cases_stays_within_its_size(measured: Parity) -> None:
    picture = bytes(20_000)  # twice the size of a picture of 200 pixels
    case = measured.cases[0]
    full = replace(
        case,
        picture=picture,
        reference=replace(case.reference, picture=picture),
        kiosk=replace(case.kiosk, picture=picture),
    )
    cases = tuple(
        replace(full, kind=kind)
        for kind in ("clean", "camera", "answers")
        for _ in range(CASES_A_KIND)
    )

    page = report.page(replace(measured, cases=cases), MUSEUM)

    assert len(page.encode()) <= MOST_BYTES + len(cases) * 3 * 10_000 * 4 // 3
    assert max(len(c.picture or b"") for c in measured.cases) < 10_000


def test_a_collection_of_one_print_gets_a_page(tmp_path: Path) -> None:
    drawn = drawn_bundle.write(tmp_path / "bundle", [3])
    with opened(drawn.path) as bundle:
        found = compare.compare(
            bundle,
            drawn.prints,
            full_precision,
            plan=ParityPlan(factor_queries=1),
            quantised=quantised,
        )

    assert Outline(report.page(found, STRICT)).open == []


def test_the_json_holds_the_figures_and_no_time(measured: Parity) -> None:
    text = report.to_json(measured)

    data = json.loads(text)
    assert text == report.to_json(measured) and text.endswith("}\n")
    assert data["summary"]["clean_cosine_median"] == compare.summary(measured).clean_cosine_median
    assert data["camera"]["top10"]["count"] == 60
    assert data["camera"]["top10"]["low"] <= data["camera"]["top10"]["value"]
    assert [factor["name"] for factor in data["factors"]] == [f.name for f in measured.factors]
    assert data["worst"][0]["record_id"] == measured.cases[0].record_id
    assert not re.search(r"\btime|\bdate|20\d\d-\d", text)


def test_the_json_does_not_depend_on_the_threads_it_took(measured: Parity) -> None:
    other = replace(measured, plan=replace(measured.plan, threads=7))

    assert report.to_json(other) == report.to_json(measured)
