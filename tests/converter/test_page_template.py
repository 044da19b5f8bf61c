"""Pages from templates: every value escaped, and no name left out."""

import jinja2
import pytest

from converter import page_template


def test_a_value_is_escaped() -> None:
    template = page_template.load("bench.html", package="bench")

    page = template.render(machine={"<b>": "&"}, sections=[], verdict=str)

    assert "&lt;b&gt;" in page and "<b>" not in page


def test_a_name_without_a_value_is_an_error() -> None:
    template = page_template.load("bench.html", package="bench")

    with pytest.raises(jinja2.UndefinedError, match="machine"):
        template.render(sections=[])
