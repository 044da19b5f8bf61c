"""Facet values are split from a museum's text without changing its words."""

import pytest

from converter.ingest.facets import facet_values, maker_name, split
from converter.ingest.relations import parse_relations
from device.bundle.filters import FACETS


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
