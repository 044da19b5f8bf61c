"""The page's texts: every key in use exists, in every language."""

import re
from pathlib import Path

import pytest

from device.errors import ConfigError
from kiosk_ui import presenter
from kiosk_ui.texts import Texts, languages, load

UI = Path(__file__).parents[2] / "kiosk_ui"
LANGUAGES = sorted(path.stem for path in (UI / "strings").glob("*.toml"))


def used_keys() -> set[str]:
    source = "\n".join(path.read_text("utf-8") for path in (UI / "templates").rglob("*.html"))
    return set(re.findall(r"""["']([a-z_]+\.[a-z_]+)["']""", source))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_in_a_template_has_a_text(language: str) -> None:
    assert used_keys() - load(language).keys() == set()


def test_a_count_other_than_one_takes_the_plural() -> None:
    texts = Texts("en", {"page.n": "{count} print", "page.n_many": "{count} prints"})
    assert [texts("page.n", count=n) for n in (0, 1, 2)] == ["0 prints", "1 print", "2 prints"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_and_every_hint_has_a_text(language: str) -> None:
    wanted = {f"answer.{kind}" for kind in presenter.Kind.__args__ if kind != "none"}  # type: ignore[attr-defined]
    wanted |= {f"hint.{name}" for name in (*presenter.HINTS, "steady", "known")}
    assert wanted - load(language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_contains_a_percentage(language: str) -> None:
    texts = load(language)
    said = [texts.raw(key) for key in sorted(texts.keys())]
    assert not [words for words in said if re.search(r"%|per ?cent", words)]


# Words that are spelt alike in English and another language; everything else has to be translated.
SPELT_ALIKE = {
    "de": {"record.institution", "narrow.institution", "staff.pin", "staff.updates"},
    "fr": {
        "browse.technique",
        "narrow.institution",
        "narrow.technique",
        "record.date",
        "record.institution",
        "record.note",
        "record.technique",
        "staff.bundle",
        "staff.service",
    },
    "it": {"staff.pin"},
}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_nothing_is_left_in_english(language: str) -> None:
    said, english = load(language), load("en")
    left = {key for key in sorted(english.keys()) if said.raw(key) == english.raw(key)}
    assert left == SPELT_ALIKE[language]


# One term for one thing, and one form of address: words that a language uses a better one for.
AVOIDED = {
    "de": r"Aktualisier|Gerät|Station|Rechner|Schreibtisch|[Bb]efinden|\b[Dd](u|ich|ir|ein\w*)\b",
    "en": r"\b(anew|whoever|nobody|somebody|narrow\w*|machine)\b",
    "fr": r"[Ff]onds|[Rr]estrein|[Mm]achine|\b([Tt]u|[Tt]oi|[Tt]on|[Tt]es)\b",
    "it": r"[Cc]hiosco|[Mm]acchina|[Rr]accolta|\b([Tt]u|[Tt]i|[Tt]u[aoei]i?|[Vv]i)\b",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_keeps_to_its_terms_and_form_of_address(language: str) -> None:
    texts = load(language)
    found = {key: texts.raw(key) for key in sorted(texts.keys())}
    assert {k: said for k, said in found.items() if re.search(AVOIDED[language], said)} == {}


def test_each_language_has_its_own_name() -> None:
    assert languages() == {"de": "Deutsch", "en": "English", "fr": "Français", "it": "Italiano"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "12.400 Blätter"),
        ("en", "12,400 prints"),
        ("fr", "12\u202f400 estampes"),
        ("it", "12.400 stampe"),
    ],
)
def test_a_count_has_the_languages_format(language: str, said: str) -> None:
    assert load(language)("page.collection", count=12_400) == said


def test_zero_is_singular_in_french_and_plural_elsewhere() -> None:
    assert load("fr")("narrow.remaining", count=0) == "0 estampe correspond"
    assert load("it")("narrow.remaining", count=0) == "0 stampe corrispondono"


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="'xx'"):
        load("xx")
