"""The outcome as text, JSON and page."""

import json
import re

import pytest

from bench import report
from bench.results import Mark, Section, Table

MACHINE = {"processor": "A <fast> one", "cores": "2"}


@pytest.fixture
def section() -> Section:
    """An outcome with a mark of each kind."""
    return Section(
        name="fingerprints",
        title="One fingerprint",
        method="As told.",
        tables=(
            Table(
                title="Times", columns=("", "median ms"), rows=(("ours", "18.00"), ("a & b", "7"))
            ),
        ),
        marks=(
            Mark(what="speed", wanted="at least 3.8", found="8.30", met=True),
            Mark(what="peer", wanted="at most 1.10", found="2.40", met=False),
            Mark(what="memory", wanted="at most 200 MB", found="120 MB", met=None),
        ),
        figures={"ours, median ms": 18.0},
    )


def test_the_terminal_shows_every_row_and_says_of_each_mark_whether_it_is_met(
    section: Section,
) -> None:
    lines = report.text([section], MACHINE).splitlines()

    assert "cores: 2" in lines
    assert re.search(r"^ours +18\.00$", "\n".join(lines), re.MULTILINE)
    assert "[met] speed: 8.30 (wanted at least 3.8)" in lines
    assert "[missed] peer: 2.40 (wanted at most 1.10)" in lines
    assert "[not judged here] memory: 120 MB (wanted at most 200 MB)" in lines


def test_the_page_holds_the_same_and_asks_for_nothing_outside(section: Section) -> None:
    page = report.page([section], MACHINE)

    assert "A &lt;fast&gt; one" in page
    assert "<td>a &amp; b</td>" in page
    assert '<li class="missed"><b>missed</b> peer' in page
    assert not re.search(r"(src|href)=|url\(|https?://", page)


def test_json_holds_the_numbers_and_ends_in_a_newline(section: Section) -> None:
    text = report.to_json([section], MACHINE)

    assert json.loads(text)["sections"][0]["figures"] == {"ours, median ms": 18.0}
    assert [mark["met"] for mark in json.loads(text)["sections"][0]["marks"]] == [True, False, None]
    assert text.endswith("\n")
