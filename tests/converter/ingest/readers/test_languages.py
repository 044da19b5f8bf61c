"""A text in several languages becomes a column for each; others are read in the main one."""

import pytest

from converter.ingest.readers.languages import (
    Text,
    by_language,
    in_language,
    language_of,
    main_language,
)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("de-CH", "de"),
        ("EN", "en"),
        ("ger", "de"),
        ("none", ""),
        ("@none", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_tags_are_those_of_columns(tag: str | None, expected: str) -> None:
    assert language_of(tag) == expected


def test_the_main_language_is_the_one_that_most_records_name_first() -> None:
    de, en = Text("Mühle", "de"), Text("Mill", "en")
    assert main_language([(de, en), (de,), (en,), (Text("x"),), ()]) == "de"
    assert main_language([(Text("x"),)]) == ""


def test_a_text_is_read_in_the_main_language_or_the_first() -> None:
    texts = (Text("Moulin", "fr"), Text("Mühle", "de"))
    assert in_language(texts, "de") == ("Mühle",)
    assert in_language(texts, "en") == ("Moulin",)
    assert in_language((), "en") == ()


def test_each_other_language_has_a_column() -> None:
    texts = (Text("Moulin", "fr"), Text("Mühle", "de"), Text("Wassermühle", "de"))
    assert by_language("title", texts, "de") == {"title": "Mühle", "title_fr": "Moulin"}
