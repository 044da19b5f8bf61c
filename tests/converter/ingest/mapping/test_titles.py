"""Columns of titles in several languages are known, and their order decides what is shown."""

import pytest

from converter.ingest.mapping.titles import title_field, title_language, titles_of, with_title


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("title_de", "title_de"),
        ("title_rm", "title_rm"),
        ("Title EN", "title_en"),
        ("Titel (deutsch)", "title_de"),
        ("Titre-fr", "title_fr"),
        ("titolo italiano", "title_it"),
        ("Título (español)", "title_es"),
        ("Titel [nl]", "title_nl"),
        ("Title No", None),
        ("title", None),
        ("Titel der Serie", None),
        ("note_de", None),
    ],
)
def test_the_language_of_a_column_is_read(column: str, field: str | None) -> None:
    assert title_field(column) == field


VALUES = {"record_id": "1", "title_de": "Die  Mühle", "title_en": "The Mill", "title_fr": " "}


def test_titles_come_in_the_stated_order() -> None:
    assert list(titles_of(VALUES).items()) == [("de", "Die Mühle"), ("en", "The Mill")]
    assert list(titles_of(VALUES, ("fr", "en"))) == ["en", "de"]


def test_the_first_title_stands_in_for_an_empty_one() -> None:
    assert with_title(VALUES, ())["title"] == "Die Mühle"
    assert with_title(VALUES, ("en",))["title"] == "The Mill"
    assert with_title({**VALUES, "title": "Mill"}, ("en",))["title"] == "Mill"
    assert "title" not in with_title({"record_id": "1"}, ())


def test_the_language_of_the_titles_is_that_of_the_first() -> None:
    assert title_language({}, ("record_id", "title_de", "title_en"), ()) == {"title": "de"}
    assert title_language({}, ("title_de", "title_en"), ("en",)) == {"title": "en"}
    assert title_language({}, ("title", "title_en"), ()) == {}
    assert title_language({"title": "it"}, ("title_de",), ()) == {"title": "it"}
