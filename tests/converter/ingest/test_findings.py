"""Records without a picture and columns that look like rights are findings, not refusals."""

from pathlib import Path

from exported_collection import HEADER, item_ids, table_row, write_table

from converter.ingest import collection


def test_a_record_that_names_no_picture_is_not_refused(folder: Path) -> None:
    write_table(folder, [table_row(1), table_row(2, image=""), table_row(3, image="none.png")])

    found = collection.read(folder)

    assert item_ids(found) == ["a-01"]
    assert [one.record_id for one in found.findings.without_picture] == ["a-02"]
    assert [one.record_id for one in found.refusals] == ["a-03"]


def test_with_a_pattern_of_names_a_missing_file_is_no_fault(folder: Path) -> None:
    write_table(folder, [table_row(1, record_id="01"), table_row(7, record_id="07")])
    (folder / "collection.toml").write_text(
        '[collection]\nimages = "images"\nimage_names = "{record_id}.*"\n'
    )

    found = collection.read(folder)

    assert item_ids(found) == ["01"]
    assert [one.record_id for one in found.findings.without_picture] == ["07"]
    assert found.refusals == ()


def test_a_placeholder_means_that_there_is_no_picture(folder: Path) -> None:
    write_table(folder, [table_row(1), table_row(2)])
    (folder / "none").mkdir()
    (folder / "none" / "none.png").write_bytes((folder / "images" / "02.png").read_bytes())
    (folder / "collection.toml").write_text('[collection]\nplaceholders = "none"\n')

    found = collection.read(folder)

    assert [one.record_id for one in found.findings.without_picture] == ["a-02"]


def test_a_column_that_looks_like_rights_is_a_warning_with_both_keys(folder: Path) -> None:
    write_table(folder, [table_row(1, makers="expired")], (*HEADER[:2], "Copyright", *HEADER[3:]))

    (warning,) = collection.read(folder).warnings

    assert warning == (
        "column 'Copyright' looks like rights, and no field uses it (1 records, such as 'expired'); in collection.toml, "
        'use it with [columns] rights = "Copyright", or ignore it with [rights] ignore_columns = ["Copyright"]'
    )


def test_an_empty_or_ignored_column_is_no_warning(folder: Path) -> None:
    write_table(folder, [table_row(1)], (*HEADER[:2], "Copyright", *HEADER[3:]))
    assert collection.read(folder).warnings == ()

    write_table(folder, [table_row(1, makers="© X")], (*HEADER[:2], "Copyright", *HEADER[3:]))
    (folder / "collection.toml").write_text('[rights]\nignore_columns = ["Copyright"]\n')
    assert collection.read(folder).warnings == ()
