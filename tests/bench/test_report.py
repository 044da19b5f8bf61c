"""The results as text, JSON and page."""

import json
import re

import pytest

from bench import report
from bench.results import Section, Table, Target

MACHINE = {"processor": "A <fast> one", "cores": "2"}


@pytest.fixture
def section() -> Section:
    """Results with a target of each kind."""
    return Section(
        name="fingerprints",
        title="One fingerprint",
        method="One method.",
        tables=(
            Table(
                title="Times", columns=("", "median ms"), rows=(("ours", "18.00"), ("a & b", "7"))
            ),
        ),
        targets=(
            Target(name="speed", wanted="at least 3.8", found="8.30", met=True),
            Target(name="peer", wanted="at most 1.10", found="2.40", met=False),
            Target(name="memory", wanted="at most 200 MB", found="120 MB", met=None),
        ),
        figures={"ours, median ms": 18.0},
    )


def test_the_terminal_shows_every_row_and_whether_each_target_is_met(
    section: Section,
) -> None:
    lines = report.text([section], MACHINE).splitlines()

    assert "cores: 2" in lines
    assert re.search(r"^ours +18\.00$", "\n".join(lines), re.MULTILINE)
    assert "[met] speed: 8.30 (target: at least 3.8)" in lines
    assert "[missed] peer: 2.40 (target: at most 1.10)" in lines
    assert "[not judged here] memory: 120 MB (target: at most 200 MB)" in lines


def test_the_page_has_the_same_results_and_loads_nothing(section: Section) -> None:
    page = report.page([section], MACHINE)

    assert "A &lt;fast&gt; one" in page
    assert "<td>a &amp; b</td>" in page
    assert '<li class="missed"><b>missed</b> peer' in page
    assert not re.search(r"(src|href)=|url\(|https?://", page)


def test_json_has_the_figures_and_ends_in_a_newline(section: Section) -> None:
    text = report.to_json([section], MACHINE)

    assert json.loads(text)["sections"][0]["figures"] == {"ours, median ms": 18.0}
    assert [target["met"] for target in json.loads(text)["sections"][0]["targets"]] == [
        True,
        False,
        None,
    ]
    assert text.endswith("\n")
