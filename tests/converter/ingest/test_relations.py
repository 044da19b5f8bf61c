"""A museum's list of relations is parsed to pairs of kind and work."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.ingest.relations import RelationText, parse_relations


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


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, NUMBERS), max_size=6, unique=True))
def test_every_list_of_relations_is_read_back(pairs: list[tuple[str, str]]) -> None:
    text = "; ".join(f"{kind}, {target}" for kind, target in pairs)

    assert parse_relations(text) == tuple(
        RelationText(kind=kind, target=target) for kind, target in pairs
    )


@pytest.mark.slow
@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_raises_when_parsed_as_relations(text: str) -> None:
    assert all(one.kind or one.target for one in parse_relations(text))
