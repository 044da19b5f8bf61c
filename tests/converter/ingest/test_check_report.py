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
    assert "1 × expected a picture file, found none" in report
    assert "a-03 [none.png]: line 4: expected a picture file, found none" in report


def test_the_report_begins_with_hidden_pictures_and_the_key_that_shows_them(folder: Path) -> None:
    header = ("record_id", "title", "rights", "date", "image")
    rights = ("© Doe", "© Doe", "Loan", "CC0")
    write_table(folder, [table_row(n, makers=text) for n, text in enumerate(rights)], header)
    (folder / "collection.toml").write_text('[rights]\nhide_pictures = ["Loan"]\n')

    lines = check_report.summary(collection.read(folder)).splitlines()

    assert lines[1].startswith("pictures hidden: 3 of 4;")
    assert lines[2].endswith("say that they are in copyright: '© Doe' (2)")
    assert lines[3].endswith('add to collection.toml: [rights] show_pictures = ["© Doe"]')
    assert lines[4].endswith("lists them under [rights] hide_pictures: 'Loan' (1)")
    assert "build would stop:" not in lines


def test_the_report_says_what_stops_a_build_and_which_texts_were_cleaned(folder: Path) -> None:
    header = ("record_id", "title", "copyright", "date", "image")
    rows = [table_row(1, title="<i>Vase</i>", makers="© Doe"), table_row(2, image="")]
    write_table(folder, rows, header)

    report = check_report.summary(collection.read(folder))

    assert "1 records kept, 0 refused, 1 without a picture, of 2" in report
    assert "build would stop:" in report
    assert "column 'copyright': expected the museum's decision" in report
    assert "       1 HTML tags and entities" in report
    assert "line 2, title: '<i>Vase</i>' -> 'Vase'" in report
    assert "without a picture, so not in the bundle:" in report
