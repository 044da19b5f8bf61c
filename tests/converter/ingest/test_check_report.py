"""The report shows staff what a build would make of their collection."""

from pathlib import Path

from exported_collection import table_row, write_table

from converter.ingest import check_report, collection


def test_the_report_lists_columns_counts_warnings_and_refusals(folder: Path) -> None:
    header = ("record_id", "title", "creator", "date", "image", "colour")
    rows = [
        [*table_row(1, makers="Anna Muster (Zeichner)", date="um 1640"), "red"],
        [*table_row(2, title="", makers="Anna Muster", date="spring"), "red"],
        [*table_row(3, image="none.png"), "red"],
    ]
    write_table(folder, rows, header)
    (folder / "collection.toml").write_text('[languages]\ntitle = "en"\n')

    report = check_report.summary(collection.read(folder))

    assert "prints: 2 records kept, 1 refused, of 3" in report
    assert "makers            <- creator" in report
    assert "title             <- title (en)" in report
    assert "not used: colour" in report
    assert (
        "years: 1 known (1635 to 1645), 0 without a date, 1 with a date that isn't understood"
        in report
    )
    assert "not understood: 'spring' (1)" in report
    assert "maker: 1 values, 0 records without" in report
    assert "     2 Anna Muster" in report
    assert "no title, shown as 'Untitled': a-02" in report
    assert "a-03 [none.png]: line 4: expected a picture file, found none" in report
