"""Museum labels, computed from records alone."""

import pytest
from record_values import a_record

from device.bundle.records import RecordPicture
from device.service import Relation
from kiosk_ui import labels

VERSO = RecordPicture(width=30, height=20)
MAIN = {"title": "de", "note": "de"}


def test_a_picture_that_may_not_be_shown_has_no_address_but_keeps_its_words() -> None:
    label = labels.label(a_record(show_picture=False), "b1", {}, "en")
    assert (label.thumb, label.screen) == (None, None)
    assert label.title == "Print a"
    assert label.credit == ("Given by a donor", "Public domain")


def test_a_pictures_address_names_the_bundle_and_quotes_the_id() -> None:
    label = labels.label(a_record("1936/7 #2"), "b1", {}, "en")
    assert label.screen == "/api/v1/records/1936/7%20%232/picture?bundle=b1&size=screen"


def test_equal_credit_and_licence_are_shown_once() -> None:
    assert labels.label(a_record(credit="CC0", rights="CC0"), "b1", {}, "en").credit == ("CC0",)


def test_a_record_without_any_field_still_has_a_label() -> None:
    bare = dict.fromkeys(
        ("makers", "date_text", "technique", "classification", "institution", "rights", "credit")
    )
    label = labels.label(a_record(**bare), "b1", {}, "en")
    assert (label.makers, label.date, label.technique, label.credit) == (None, None, None, ())


@pytest.mark.parametrize(
    ("length", "size"), [(40, "short"), (41, "long"), (110, "long"), (400, "endless")]
)
def test_a_longer_title_has_a_smaller_type_size(length: int, size: str) -> None:
    assert labels.label(a_record(title="x" * length), "b1", {}, "en").size == size


def test_a_relation_within_the_collection_shows_the_other_prints_title() -> None:
    relations = (
        Relation(kind="State of", target="b", record_id="b"),
        Relation(kind="Part of", target="A book", record_id=None),
    )
    known = {"b": a_record("b", title="Eve")}
    label = labels.label(a_record(relations=relations), "b1", {}, "en", related=known)
    assert [(r.words, r.record_id) for r in label.related] == [("Eve", "b"), ("A book", None)]


def test_a_title_is_in_the_visitors_language_or_else_the_museums_main_one() -> None:
    record = a_record(title="Der Baum", titles={"de": "Der Baum", "fr": "L’arbre"})

    french, italian = (labels.label(record, "b1", MAIN, tag) for tag in ("fr", "it"))

    assert (french.title, french.languages["title"]) == ("L’arbre", "fr")
    assert (italian.title, italian.languages["title"]) == ("Der Baum", "de")
    assert french.languages["note"] == "de"


def test_a_related_record_is_named_in_the_visitors_language() -> None:
    other = a_record("b", titles={"fr": "L’arbre"})
    relations = (
        Relation(kind="State of", target="b", record_id="b"),
        Relation(kind="Part of", target="Bäume", record_id=None),
    )
    label = labels.label(
        a_record(relations=relations), "b1", {"relations": "de"}, "fr", related={"b": other}
    )

    assert [(each.words, each.language) for each in label.related] == [
        ("L’arbre", "fr"),
        ("Bäume", "de"),
    ]


@pytest.mark.parametrize(
    "changes", [{}, {"more_pictures": (VERSO,), "show_picture": False}], ids=["one", "hidden"]
)
def test_a_record_without_another_picture_to_show_offers_none(changes: dict[str, object]) -> None:
    assert labels.label(a_record(**changes), "b1", {}, "en").pictures == ()
