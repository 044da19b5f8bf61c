"""Of several columns that could be meant, the best is chosen, and the others are doubts."""

import pytest

from converter.ingest.readers.open_table import open_table
from converter.ingest.start.column_choice import Choice, choose
from converter.ingest.start.profile import profile
from converter.ingest.table import TableOptions

from .conftest import Export


def chosen(export: Export, header: str, *rows: str) -> Choice:
    return choose(profile(open_table(export(header, rows, []), TableOptions())), None)


@pytest.mark.parametrize(
    ("header", "rows", "field", "column"),
    [
        ("id,inv_nr,title", ["1,a,x", "2,b,x"], "record_id", "inv_nr"),
        ("id,inv_nr,title", ["1,a,x", "2,a,x"], "record_id", "id"),
        ("record_id,inv_nr,title", ["1,a,x", "2,b,x"], "record_id", "record_id"),
        ("id,title,full_name,attribution", ["1,x,A,B"], "makers", "attribution"),
        ("id,title,full_name,attribution", ["1,x,A,"], "makers", "full_name"),
        ("id,title,Von,Bis", ["1,x,1700,1710"], "year_from", "Von"),
        ("id,title,Von", ["1,x,1700"], "year_from", None),
        ("id,title,Von,Bis", ["1,x,Basel,Bern"], "year_from", None),
        (
            "id,title,dating.year_early,dating.year_late",
            ["1,x,1700,1710"],
            "year_to",
            "dating.year_late",
        ),
        ("id,title,BeginDate,EndDate", ["1,x,1700,1710"], "year_from", None),
        ("id,Titel (englisch),Titel (deutsch)", ["1,x,y"], "title_en", "Titel (englisch)"),
    ],
)
def test_the_best_column_is_chosen(
    export: Export, header: str, rows: list[str], field: str, column: str | None
) -> None:
    assert chosen(export, header, *rows).columns.get(field) == column


def test_rows_without_an_id_are_a_doubt(export: Export) -> None:
    choice = chosen(export, "id,title", "1,a", ",b")

    assert choice.columns["record_id"] == "id"
    assert choice.doubts["record_id"] == ["1 of 2 rows have none in 'id'"]
