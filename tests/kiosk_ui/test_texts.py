"""The page's words: every key that is used exists, in every language."""

import re
from pathlib import Path

import pytest

from device.errors import ConfigError
from kiosk_ui.texts import Texts, load

UI = Path(__file__).parents[2] / "kiosk_ui"
LANGUAGES = sorted(path.stem for path in (UI / "strings").glob("*.toml"))


def used_keys() -> set[str]:
    source = "\n".join(path.read_text("utf-8") for path in (UI / "templates").glob("*.html"))
    return set(re.findall(r"""["']([a-z_]+\.[a-z_]+)["']""", source)) - {
        path.name for path in (UI / "templates").iterdir()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_a_template_names_has_words(language: str) -> None:
    files = {"parts.html", "scene.html", "problem.html"}
    assert used_keys() - files - load(language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_keys_of_english(language: str) -> None:
    assert load(language).keys() == load("en").keys()


def test_a_count_other_than_one_takes_the_plural() -> None:
    texts = Texts("en", {"page.n": "{count} print", "page.n_many": "{count} prints"})
    assert [texts("page.n", count=n) for n in (0, 1, 2)] == ["0 prints", "1 print", "2 prints"]


def test_nothing_on_the_page_claims_an_identity_before_geometry_has_looked() -> None:
    texts = load("en")
    assert texts("answer.likely") == "Looks most like"
    said = [texts(key) for key in sorted(texts.keys()) if key.startswith("answer.")]
    assert not [words for words in said if re.search(r"\bthis is\b", words, re.IGNORECASE)]


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="'xx'"):
        load("xx")
