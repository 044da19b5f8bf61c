"""The drafted file shows samples and doubts, and is TOML for columns of any name."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.ingest.readers.open_table import open_table
from converter.ingest.start.draft import Draft, draft
from converter.ingest.start.picture_rule import picture_files, picture_rule
from converter.ingest.start.profile import profile
from converter.ingest.table import TableOptions

from .conftest import Export


def drafted(folder: Path) -> Draft:
    found = profile(open_table(folder, TableOptions()))
    rule = picture_rule(found, picture_files(folder))
    return draft(found, rule, name="Prints", source="metadata.csv", encoding=None)


def test_samples_and_unused_columns_are_comments(export: Export) -> None:
    text = drafted(export("id,title,height,image", ["1,Night,12,a.png"], ["a.png"])).text

    assert '# "Night"\ntitle = "title"\n' in text
    assert '# Columns that no field uses:\n#   height: "12"\n' in text
    assert "# 1 of 1 values of 'image' name one of 1 files" in text


def test_roles_are_proposed_and_the_museum_decides(export: Export) -> None:
    folder = export("id,title,artist,role,image", ["1,a,Eva|Max,printer|,a.png"], ["a.png"])

    made = drafted(folder)

    assert 'makers = {column = "artist", split = "|"}' in made.text.splitlines()
    assert '# makers = {column = "artist", roles = "role", split = "|"}' in made.text
    assert any("to show their roles" in line for line in made.doubts)


def test_doubts_are_listed(export: Export) -> None:
    folder = export("id,title,creator,artist,image", ["1,a,Eva,Max,", "1,b,Eva,Max,"], [])

    made = drafted(folder)

    assert "makers: could also be 'artist'" in made.doubts
    assert "record_id: several rows have '1'" in made.doubts
    assert "no picture of the column 'image' is in this folder" in made.doubts


def test_without_an_id_or_pictures_the_keys_that_help_are_shown(export: Export) -> None:
    made = drafted(export("title,colour", ["a,red", "b,red"], []))

    assert '# record_id = ""' in made.text
    assert '# image_names = "{record_id}.*"' in made.text
    assert "record_id: no column is known to hold it; write its name here ('title')" in made.doubts


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=10), min_size=1, max_size=5, unique=True), st.text())
def test_any_column_names_make_a_valid_file(header: list[str], cell: str) -> None:
    places = {name: at for at, name in enumerate(header)}
    cells = (cell,) * len(header)
    table = _Table(tuple(header), cells)
    made = draft(profile(table), None, name=cell, source=cell, encoding="cp1252")

    data = tomllib.loads(made.text)

    assert data["collection"]["name"] == cell
    assert all(column in places for column in _columns(data["columns"]))


def _columns(columns: dict[str, object]) -> list[object]:
    plain = [value["column"] if isinstance(value, dict) else value for value in columns.values()]
    return [value for value in plain if value]


class _Table:
    """A table of one row."""

    path = Path("metadata.csv")
    count = 1
    notes: tuple[str, ...] = ()

    def __init__(self, header: tuple[str, ...], cells: tuple[str, ...]) -> None:
        self.header = header
        self._cells = cells

    def rows(self):  # type: ignore[no-untyped-def]
        from converter.ingest.table import Row

        yield Row(place="line 2", cells=self._cells)
