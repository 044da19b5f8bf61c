"""CSV tables are read row by row, in whatever delimiter and encoding a museum uses."""

import csv
import io
from pathlib import Path

import pytest
from exported_collection import table_row, write_table
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import CollectionError
from converter.ingest import collection
from converter.ingest.readers import csv_table


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_detected(folder: Path, delimiter: str, encoding: str) -> None:
    write_table(folder, [table_row(1, title="Évora; a view, with\ttrees")], delimiter=delimiter)
    path = folder / "metadata.csv"
    path.write_text(path.read_text(encoding="utf-8"), encoding=encoding)

    found = collection.read(folder)

    assert [item.title for item in found.items] == ["Évora; a view, with trees"]


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)


@pytest.mark.slow
@settings(deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_table_is_read_back_cell_by_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.csv"
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
        [["one", "two", "three"], *rows]
    )
    path.write_bytes(buffer.getvalue().encode(encoding))

    found = csv_table.read(path)

    assert found.delimiter == delimiter
    assert found.count == len(rows)
    assert [row.cells for row in found.rows()] == [
        tuple(cell.strip() for cell in cells) for cells in rows
    ]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;", "\nsep=;"])
def test_the_line_in_which_excel_names_the_delimiter_is_no_header(
    tmp_path: Path, line: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f'{line}\nid;title,other;image\n1;"Line one\nline two";x\n')

    found = csv_table.read(path)

    assert found.header == ("id", "title,other", "image")
    assert [row.cells for row in found.rows()] == [("1", "Line one\nline two", "x")]
    assert [row.place for row in found.rows()] == [f"line {3 + line.count(chr(10))}"]


def test_empty_columns_at_the_end_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('id,title,,\n1,"a\nb",,\n2,b\n')

    found = csv_table.read(path)

    assert found.header == ("id", "title")
    assert [row.fault for row in found.rows()] == ["", ""]


def test_a_delimiter_that_is_not_found_is_named_with_its_key(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("id|title\n1|b\n")

    with pytest.raises(CollectionError, match=r"\[csv\] delimiter") as caught:
        csv_table.read(path)

    assert "\n" not in str(caught.value)
    assert csv_table.read(path, delimiter="|").header == ("id", "title")
