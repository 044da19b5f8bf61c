"""Facet values are split from a museum's text without changing its words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.ingest.facets import facet_values, maker_name, split
from converter.ingest.relations import RelationText, parse_relations
from device.bundle.filters import FACETS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Teil von, D 001368.1-37; Kopie, 2014.0228",
            [("Teil von", "D 001368.1-37"), ("Kopie", "2014.0228")],
        ),
        (
            "Entwurf zu, D 018051; nach, D 018052",
            [("Entwurf zu", "D 018051"), ("nach", "D 018052")],
        ),
        ("State of: pg1-003", [("State of", "pg1-003")]),
        ("Teil von, Album: Blumen", [("Teil von", "Album: Blumen")]),
        ("2. Zustand, D 1", [("2. Zustand", "D 1")]),
        ("State 2 of, D 1", [("State 2 of", "D 1")]),
        ("D 018051", [("", "D 018051")]),
        ("D 018051, recto", [("", "D 018051, recto")]),
        ("Kopie", [("Kopie", "")]),
        (" ; ,; ", []),
        ("Kopie, A; Kopie, A", [("Kopie", "A")]),
        (None, []),
    ],
)
def test_relations_are_pairs_of_kind_and_work(
    text: str | None, expected: list[tuple[str, str]]
) -> None:
    assert parse_relations(text) == tuple(
        RelationText(kind=kind, target=target) for kind, target in expected
    )


WORDS = st.text("abcdefghijklmnopqrstuvwxyzäöü", min_size=4, max_size=12)
NUMBERS = st.from_regex(r"[A-Z]{1,2} [0-9]{3,6}(\.[0-9]{1,3})?", fullmatch=True)


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, NUMBERS), max_size=6, unique=True))
def test_every_list_of_relations_is_read_back(pairs: list[tuple[str, str]]) -> None:
    text = "; ".join(f"{kind}, {target}" for kind, target in pairs)

    assert parse_relations(text) == tuple(
        RelationText(kind=kind, target=target) for kind, target in pairs
    )


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_raises_when_parsed_as_relations(text: str) -> None:
    assert all(one.kind or one.target for one in parse_relations(text))


@pytest.mark.parametrize(
    ("maker", "name"),
    [
        ("Vallotton, Felix (1865 - 1925), Kuenstler", "Vallotton, Felix"),
        ("Gustave Doré (designer)", "Gustave Doré"),
        ("Crispijn de Passe (“Crispinus Passæus”, engraver)", "Crispijn de Passe"),
        ("Dürer, Albrecht, 1471-1528, engraver", "Dürer, Albrecht"),
        ("Rembrandt 1606–1669", "Rembrandt"),
        ("Goya, Francisco de, b. 1746", "Goya, Francisco de"),
        ("Master of 1466", "Master of 1466"),
        ("Meister E. S. [Stecher]", "Meister E. S."),
        ("(after) Raphael", "Raphael"),
        ("Hiroshige", "Hiroshige"),
        ("1471-1528", "1471-1528"),
        ("", ""),
    ],
)
def test_a_makers_name_has_no_role_or_life_dates(maker: str, name: str) -> None:
    assert maker_name(maker) == name


def test_a_comma_in_brackets_is_no_separator() -> None:
    assert [part.strip() for part in split("woodcut (red, black), letterpress", ",;")] == [
        "woodcut (red, black)",
        "letterpress",
    ]


def test_an_unmatched_bracket_loses_no_text() -> None:
    assert split("woodcut) (red, black", ",") == ["woodcut) (red, black"]


def test_every_facet_has_its_values_without_duplicates() -> None:
    found = facet_values(
        classification="Druckgrafik",
        technique="Radierung, Kupferstich, Radierung",
        institution="Kunsthaus",
        makers="Anna Muster (Zeichner); Anna Muster (Stecher); Hans Beispiel",
        relations=parse_relations("Kopie, A 1; Kopie, A 2; A 3"),
    )

    assert found == {
        "classification": ("Druckgrafik",),
        "technique": ("Radierung", "Kupferstich"),
        "institution": ("Kunsthaus",),
        "maker": ("Anna Muster", "Hans Beispiel"),
        "relation": ("Kopie",),
    }
    assert tuple(found) == FACETS


def test_a_facet_without_values_is_present_and_empty() -> None:
    found = facet_values(
        classification=None, technique=None, institution=None, makers=None, relations=()
    )

    assert found == dict.fromkeys(FACETS, ())
