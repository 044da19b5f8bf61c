"""An item has the text of its row, a title in any case, and only a followable link."""

from pathlib import Path

from exported_collection import HEADER, table_row, write_table

from converter.ingest import collection


def test_a_forbidding_licence_hides_the_picture_and_keeps_the_record(folder: Path) -> None:
    write_table(
        folder,
        [table_row(1, makers="© ProLitteris, Zürich"), table_row(2, makers="CC0")],
        (*HEADER[:2], "licence", *HEADER[3:]),
    )
    (folder / "collection.toml").write_text(
        '[rights]\nhide_pictures = ["© ProLitteris*"]\n', encoding="utf-8"
    )

    found = collection.read(folder)

    assert [(item.record_id, item.show_picture) for item in found.items] == [
        ("a-01", False),
        ("a-02", True),
    ]


def test_an_empty_title_is_replaced_in_the_titles_language_with_a_warning(folder: Path) -> None:
    write_table(folder, [table_row(1, title=" ")])
    (folder / "collection.toml").write_text('[languages]\ntitle = "de-CH"\n')

    found = collection.read(folder)

    assert found.items[0].title == "Ohne Titel"
    assert found.warnings == ("no title, shown as 'Ohne Titel': a-01",)


def test_only_a_web_address_becomes_a_link(folder: Path) -> None:
    header = ("record_id", "title", "source_url", "date", "image")
    links = (
        "https://example.org/a_(b) (book 3)",
        "javascript:alert(1)",
        "",
        "see (http://example.org/c).",
    )
    rows = [table_row(number, makers=text) for number, text in enumerate(links, 1)]
    write_table(folder, rows, header)

    found = collection.read(folder)

    assert [item.source_url for item in found.items] == [
        "https://example.org/a_(b)",
        None,
        None,
        "http://example.org/c",
    ]
    assert found.warnings == ("the record's link is not a web address and was left out: a-02",)
