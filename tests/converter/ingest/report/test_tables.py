"""The report's tables list every record that was left out, hidden, or not understood."""

from pathlib import Path

from exported_collection import HEADER, table_row, write_table

from converter.ingest import collection
from converter.ingest.report.tables import all_tables


def test_each_table_has_rows_and_reasons(folder: Path) -> None:
    header = (*HEADER[:2], "rights", *HEADER[3:])
    rows = [
        table_row(0, makers="© Doe", date="spring"),
        table_row(1, title="<i>Vase</i>", date="spring"),
        table_row(2, makers="CC0"),
        table_row(3, image=""),
        table_row(4, image="none.png"),
    ]
    write_table(folder, rows, header)
    read = collection.read(folder)

    tables = {table.file: table for table in all_tables(read, read.refusals)}

    assert {file: table.count for file, table in tables.items()} == {
        "refused.csv": 1,
        "missing_pictures.csv": 1,
        "rights.csv": 3,
        "unread_dates.csv": 2,
        "changed_texts.csv": 1,
    }
    assert tables["refused.csv"].groups[0].examples == ("a-04 [none.png], line 6",)
    assert tables["rights.csv"].rows[0] == (
        "a-00",
        "© Doe",
        "in copyright",
        "hidden",
        "the rights statement",
    )
    assert tables["unread_dates.csv"].groups[0].reason == "spring"
    assert tables["unread_dates.csv"].groups[0].count == 2
    assert tables["changed_texts.csv"].rows == [
        ("line 3", "title", "HTML tags and entities", "<i>Vase</i>", "Vase")
    ]
    assert all(len(row) == len(table.header) for table in tables.values() for row in table.rows)
