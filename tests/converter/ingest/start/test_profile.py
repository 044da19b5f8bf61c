"""A profile keeps what tells an export's columns apart."""

from converter.ingest.readers.open_table import open_table
from converter.ingest.start.profile import one_line, profile
from converter.ingest.table import TableOptions

from .conftest import Export


def test_a_profile_counts_each_row_once(export: Export) -> None:
    folder = export("id,title,", ["1,a,", "2,a,", ",b,"], [])

    found = profile(open_table(folder, TableOptions()))

    assert found.count == 3
    assert found.header == ["id", "title"]
    assert found.columns["id"].filled == 2
    assert found.columns["title"].repeated == "a"
    assert not found.is_id("id")


def test_a_cell_is_shown_as_one_short_line() -> None:
    assert one_line("a\x1fb\n\u200bc", 20) == "a | b  c"
    assert one_line("a" * 30, 10) == "a" * 9 + "…"
