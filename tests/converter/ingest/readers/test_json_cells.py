"""Nested keys become dotted paths, and lists one cell."""

from converter.ingest.readers.json_cells import cells_of
from converter.ingest.table import LIST_SEPARATOR as S


def test_nested_keys_and_lists_become_cells() -> None:
    work = {
        "id": "1",
        " title ": {"en": "Night", "de": None},
        "tags": ["a", "b"],
        "artists": [{"name": "A", "role": "printer"}, {"name": "B"}],
        "places": [],
        "empty": [None, ""],
        "shown": True,
        "parts": [[["x"], "y"]],
    }

    assert cells_of(work) == {
        "id": "1",
        "title.en": "Night",
        "title.de": "",
        "tags": f"a{S}b",
        "artists.name": f"A{S}B",
        "artists.role": f"printer{S}",
        "places": "",
        "empty": "",
        "shown": "true",
        "parts": f"x{S}y",
    }
