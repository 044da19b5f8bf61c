"""Texts are cleaned by narrow rules, and what might be meant as it stands is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.ingest.text_hygiene import TextFault, clean, clean_name, is_plain


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<i>The Blue Vase</i>", "The Blue Vase"),
        ("<p>Fine &amp; rare<br/>impression</p>", "Fine & rare\nimpression"),
        ("R&#233;sum&eacute;", "Résumé"),
        ("Adam &amp; Eve &ndash; <i>The Fall</i>", "Adam & Eve – The Fall"),
        ('<a href="https://example.org">Plate 3</a>', "Plate 3"),
        ("2<sup>nd</sup> state", "2nd state"),
        ("&amp;lt;i&amp;gt;Vase&amp;lt;/i&amp;gt;", "Vase"),
        ("Vase<!-- seen by MM --><script>alert(1)</script>", "Vase"),
        ("https://example.org/?a=1&amp;b=2", "https://example.org/?a=1&b=2"),
    ],
)
def test_tags_and_entities_become_the_text_they_stand_for(text: str, cleaned: str) -> None:
    assert clean(text) == (cleaned, (TextFault.MARKUP,))


@pytest.mark.parametrize(
    "text",
    [
        "AT&T; A <1> B",
        "<Untitled>",
        "x < y > z",
        "https://example.org/?x=1&copy=2",
        "first line\n\nthird line & more",
        "« Œuvre » d’après l’eau-forte – no. 3",
        "MARQUE DÉPOSÉ®, CAFÉ™",
        "Ângelo Ãlvares, São Paulo",
        "Łódź nad rzeką, Søren på æblegården, İSTANBUL",
        "神奈川沖浪裏、葛飾北斎",
        "رسم محفور: مدينة القاهرة (الجزء ٢).",
        "א\u200f!ב",
        "نمی\u200cخواهم",
        "👩\u200d🎨",
        "1887.0",
        "#12",
        "#REF",
    ],
)
def test_text_that_may_be_meant_stays(text: str) -> None:
    assert clean(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Zero\u200bwidth \ufeffmark\xad soft", "Zerowidth mark soft"),
        ("First\x0bsecond\x1dthird", "First\nsecond\nthird"),
        ("a\x00b\x7f", "ab"),
        ("\u202eevil", "evil"),
        ("Vase\u200f", "Vase"),
        ("Du\u200drer", "Durer"),
        ("\u200fתחריט\u200f", "תחריט"),
    ],
)
def test_invisible_characters_go_where_they_mean_nothing(text: str, cleaned: str) -> None:
    assert clean(text) == (cleaned, (TextFault.INVISIBLE,))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("DÃ¼rer, Albrecht", "Dürer, Albrecht"),
        ("Ã‰tude aux â€œfleursâ€\x9d", "Étude aux “fleurs”"),
        ("late 1720â€™s", "late 1720’s"),
        ("\x93Vase\x94", "“Vase”"),
        ("Ð¡Ð½ÐµÐ³ Ð¸ Ð»ÐµÑ\x81", "Снег и лес"),
    ],
)
def test_text_in_a_wrong_encoding_is_repaired_where_that_loses_nothing(
    text: str, cleaned: str
) -> None:
    assert clean(text) == (cleaned, (TextFault.MOJIBAKE,))


@pytest.mark.parametrize("text", ["D\ufffdrer", "L’Å’uvre dâ€™aprÃ¨s", "Ã la mode de Caen"])
def test_an_unsure_repair_is_only_noticed(text: str) -> None:
    assert clean(text) == (text, (TextFault.LIKELY_MOJIBAKE,))


def test_a_letter_from_a_macintosh_is_not_taken_for_one_from_windows() -> None:
    assert TextFault.LIKELY_MOJIBAKE in clean("D\x9frer")[1]


def test_two_forms_of_a_name_become_one() -> None:
    decomposed = unicodedata.normalize("NFD", "Albrecht Dürer")

    assert clean(decomposed) == ("Albrecht Dürer", (TextFault.FORM,))


@pytest.mark.parametrize(
    "text",
    ["#N/A", "#NAME?", "#REF!", "#DIV/0!", "#NV", "#BEZUG!", "#NOM?", "#¿NOMBRE?", "#WAARDE!"],
)
def test_an_error_value_of_a_spreadsheet_is_emptied(text: str) -> None:
    assert clean(text) == ("", (TextFault.SPREADSHEET_ERROR,))
    assert clean(text, is_literal=True) == ("", (TextFault.SPREADSHEET_ERROR,))


def test_a_literal_text_keeps_its_characters() -> None:
    name = unicodedata.normalize("NFD", "Dürer &amp; <i>.jpg")

    assert clean(name, is_literal=True) == (name, ())


def test_each_value_of_a_list_is_cleaned_on_its_own() -> None:
    assert clean("<b>Hans\x1f Eva</b>") == ("Hans\x1fEva", (TextFault.MARKUP,))


@pytest.mark.slow
@given(st.text(max_size=60))
def test_a_plain_text_is_clean(text: str) -> None:
    if is_plain(text):
        assert clean(text) == (text, ())


def test_a_columns_name_loses_what_is_not_seen() -> None:
    assert clean_name("\ufeffKu\u0308nstler\u200b  Name") == "Künstler Name"


@given(st.text(max_size=60))
def test_clean_text_stays_as_it_is(text: str) -> None:
    once, _ = clean(text)
    twice, faults = clean(once)

    assert twice == once or set(faults) <= {
        TextFault.MARKUP,
        TextFault.MOJIBAKE,
        TextFault.INVISIBLE,
    }
    assert unicodedata.is_normalized("NFC", once)
