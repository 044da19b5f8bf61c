"""Each known name means one field."""

import pytest

from converter.ingest.columns import FIELDS
from converter.ingest.mapping.column_names import ALIASES, normalised


def test_no_name_is_known_for_two_fields() -> None:
    names = [normalised(name) for names in ALIASES.values() for name in names]

    assert sorted(names) == sorted(set(names))
    assert not set(names) & set(map(normalised, FIELDS))


@pytest.mark.parametrize(
    ("name", "other"),
    [("Künstler", "kunstler"), ("Inventory No.", "inventory_no"), ("Título", "titulo")],
)
def test_case_accents_and_punctuation_do_not_matter(name: str, other: str) -> None:
    assert normalised(name) == normalised(other)


def test_a_name_in_another_script_is_kept() -> None:
    assert normalised("題名") == "題名"
