"""A collection's table is found in its folder, or named as a file, whatever its name says."""

import json
from pathlib import Path

import openpyxl
import pytest

from converter.errors import CollectionError
from converter.ingest import collection
from converter.ingest.readers.open_table import open_table
from converter.ingest.table import TableOptions

CASES = Path(__file__).parents[4].parent / "shared" / "cases"
TABLE = "id,title,image\n1,Nacht,1.jpg\n"
WORK = {"id": 1, "title": "Nacht", "image": "1.jpg"}


def write_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (tuple(WORK), tuple(WORK.values())):
        book.active.append(row)
    with path.open("wb") as file:
        book.save(file)


@pytest.mark.parametrize(
    ("name", "options", "source"),
    [
        ("metadata.csv", TableOptions(), "."),
        ("metadata.csv", TableOptions(), "metadata.csv"),
        ("works.csv", TableOptions(file="works.csv"), "."),
        ("works.tsv", TableOptions(), "."),
    ],
)
def test_a_table_is_found(tmp_path: Path, name: str, options: TableOptions, source: str) -> None:
    (tmp_path / name).write_text(TABLE)

    table = open_table(tmp_path / source, options)

    assert (table.header, table.count) == (("id", "title", "image"), 1)


@pytest.mark.parametrize("name", ["metadata.csv", "works.xlsx", "works.json"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_content_and_not_the_name_decides(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / name
    if kind == "xlsx":
        write_workbook(path)
    else:
        path.write_text(json.dumps([WORK]) if kind == "json" else TABLE)

    table = open_table(tmp_path, TableOptions())

    assert table.header == ("id", "title", "image")
    assert [row.cells for row in table.rows()] == [("1", "Nacht", "1.jpg")]


def test_files_of_a_work_each_are_one_table(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(WORK))
    (tmp_path / "below").mkdir()
    (tmp_path / "below/c.json").write_text(json.dumps(WORK))

    assert open_table(tmp_path, TableOptions()).count == 2
    assert open_table(tmp_path, TableOptions(file="below")).count == 1
    (tmp_path / "a.json").unlink()
    (tmp_path / "b.json").unlink()
    assert open_table(tmp_path, TableOptions()).count == 1


def test_several_tables_are_listed_with_the_key(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "~$b.xlsx", ".hidden.csv"):
        (tmp_path / name).write_text(TABLE)

    with pytest.raises(CollectionError, match=r"found a\.csv, b\.csv; name one") as caught:
        open_table(tmp_path, TableOptions())

    assert '[collection] table = "a.csv"' in str(caught.value)


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("nowhere", TableOptions(), "nowhere: expected a collection's folder, found none"),
        (".", TableOptions(), "expected a table .*, found none"),
        (".", TableOptions(file="x.csv"), r"x\.csv: expected a table, .*\[collection\] table"),
    ],
)
def test_a_missing_table_is_named(
    tmp_path: Path, source: str, options: TableOptions, message: str
) -> None:
    with pytest.raises(CollectionError, match=message):
        open_table(tmp_path / source, options)


def test_the_settings_name_table_sheet_and_list(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"")
    (tmp_path / "a.json").write_text(json.dumps({"x": [{"id": 9}], "y": {"z": [WORK]}}))
    (tmp_path / "b.csv").write_text(TABLE)
    (tmp_path / "collection.toml").write_text(
        '[collection]\ntable = "a.json"\n[json]\nworks = "y.z"\n'
    )

    found = collection.read(tmp_path)

    assert [one.record_id for one in found.refusals] == ["1"]  # its picture is empty


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not next to this checkout")
@pytest.mark.parametrize(
    ("case", "count"),
    [
        *((f"exports/{name}", 3) for name in ("01_utf8_bom", "02_cp1252", "03_utf16")),
        *((f"exports/{name}", 3) for name in ("03b_utf16_nobom", "04_semicolon")),
        *((f"exports/{name}", 3) for name in ("06_excel_sep_line", "07_old_mac_cr")),
        *((f"exports/{name}", 3) for name in ("08_embedded_newline", "09_unescaped_quote")),
        ("exports/06b_sep_line", 1),
        ("exports/40_xlsx", 5),
        ("exports/41_json_per_work", 1),
        ("exports/44_json_named_csv", 1),
        ("exports/45_unclosed_quote", 20),
        ("exports/49_long_cell", 1),
        ("museums/xlsx", 8),
    ],
)
def test_the_cases_are_read(case: str, count: int) -> None:
    encoding = "cp1252" if "cp1252" in case else None

    table = open_table(CASES / case, TableOptions(encoding=encoding))

    assert sum(1 for _ in table.rows()) == table.count == count


def test_lido_files_of_a_work_each_are_one_table(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.xml").write_text(
            '<lido:lido xmlns:lido="http://www.lido-schema.org">'
            f"<lido:lidoRecID>{number}</lido:lidoRecID></lido:lido>"
        )

    table = open_table(tmp_path, TableOptions())

    assert table.count == 2
    assert [row.cells[table.header.index("record_id")] for row in table.rows()] == ["1", "2"]


def test_iiif_manifests_of_a_work_each_are_one_table(tmp_path: Path) -> None:
    for number in (1, 2):
        manifest = {
            "@context": "http://iiif.io/api/presentation/3/context.json",
            "id": f"https://prints.example.org/iiif/{number}/manifest",
            "type": "Manifest",
            "label": {"en": [f"Print {number}"]},
            "items": [],
        }
        (tmp_path / f"manifest-{number}.json").write_text(json.dumps(manifest))

    table = open_table(tmp_path, TableOptions())

    assert table.count == 2
    assert [row.cells[table.header.index("title")] for row in table.rows()] == [
        "Print 1",
        "Print 2",
    ]
