"""Every cell is cleaned once, ids keep their identity, and changes are counted."""

import unicodedata
from pathlib import Path

import pytest
from exported_collection import item_ids, table_row, write_picture, write_table

from converter.ingest import collection, text_changes
from converter.ingest.text_hygiene import TextFault

NUMBERED = ("record_id", "title", "inventory_number", "date", "image")
WORDS = Path(__file__).parents[3].parent / "shared/cases/words/metadata.csv"


def test_one_name_is_one_facet_value_in_any_spelling_of_the_export(folder: Path) -> None:
    makers = (
        "Albrecht Dürer",
        unicodedata.normalize("NFD", "Albrecht Dürer"),
        "Albrecht D&uuml;rer",
        "Albrecht\xa0D\xadürer",
        "<b>Albrecht</b> DÃ¼rer",
    )
    write_table(folder, [table_row(number, makers=name) for number, name in enumerate(makers)])

    found = collection.read(folder)

    assert {item.makers for item in found.items} == {"Albrecht Dürer"}
    assert {item.terms["maker"] for item in found.items} == {("Albrecht Dürer",)}
    changes = found.findings.text_changes
    assert changes.total == 4
    assert changes.counts == {
        TextFault.FORM: 1,
        TextFault.MARKUP: 2,
        TextFault.INVISIBLE: 1,
        TextFault.MOJIBAKE: 1,
    }
    assert [(one.place, one.column) for one in changes.listed] == [
        (f"line {line}", "makers") for line in (3, 4, 5, 6)
    ]


def test_ids_and_file_names_keep_their_characters(folder: Path) -> None:
    name = unicodedata.normalize("NFD", "images/ü&amp;.png")
    write_picture(folder / name, 7)
    write_table(folder, [table_row(1, record_id="<i>1</i>", image=name)])

    found = collection.read(folder)

    assert item_ids(found) == ["<i>1</i>"]
    assert found.items[0].image == folder / name


def test_file_names_of_a_specified_column_keep_their_characters_and_join_rows(
    folder: Path,
) -> None:
    (folder / "collection.toml").write_text(
        '[columns]\nimage = {column = "image", split = "|"}', encoding="utf-8"
    )
    names = ["images/a&amp;b.png", "images/c&amp;d.png"]
    for number, name in enumerate(names):
        write_picture(folder / name, 7 + number)
    write_table(folder, [table_row(1, image=name) for name in names])

    (item,) = collection.read(folder).items

    assert [item.image, *(more.path for more in item.more_images)] == [folder / n for n in names]


def test_whole_numbers_lose_their_decimals_in_ids_and_years(folder: Path) -> None:
    rows = [[f"{n}.0", f"{n}.0", f"{n + 10}.0", "1887.0", f"images/{n:02}.png"] for n in (1, 2, 3)]
    write_table(folder, rows, NUMBERED)

    found = collection.read(folder)

    assert item_ids(found) == ["1", "2", "3"]
    assert [item.inventory_number for item in found.items] == ["11", "12", "13"]
    assert [item.title for item in found.items] == ["1.0", "2.0", "3.0"]
    assert {item.year_min for item in found.items} == {1887}
    assert found.findings.text_changes.counts == {TextFault.DECIMALS: 9}


def test_decimals_stay_where_one_number_needs_them(folder: Path) -> None:
    rows = [
        ["1", "One", "1950.0", "", "images/01.png"],
        ["2.0", "Two", "1950.1", "", "images/02.png"],
    ]
    write_table(folder, rows, NUMBERED)

    found = collection.read(folder)

    assert item_ids(found) == ["1", "2.0"]
    assert [item.inventory_number for item in found.items] == ["1950.0", "1950.1"]


def test_an_error_value_is_an_empty_cell(folder: Path) -> None:
    write_table(
        folder,
        [
            table_row(1, title="#NAME?", date="#N/A"),
            table_row(2, record_id="#REF!"),
            ["#N/A", "\u200b", "", "", ""],
        ],
    )

    found = collection.read(folder)

    assert [(item.title, item.date_text) for item in found.items] == [("Untitled", None)]
    assert "expected a record id, found none" in found.refusals[0].reason
    assert "1 blank rows were skipped" in found.warnings


def test_a_column_is_found_under_its_visible_name(folder: Path) -> None:
    header = ("\ufeffrecord_id", "title\u200b", "Ku\u0308nstler", "date", "image")
    write_table(folder, [table_row(1, makers="Eva Muster")], header)
    (folder / "collection.toml").write_text('[columns]\nmakers = "Künstler"\n', encoding="utf-8")

    assert collection.read(folder).items[0].makers == "Eva Muster"


def test_changes_beyond_a_limit_are_only_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_changes, "LISTED", 2)
    write_table(folder, [table_row(n, title=f"<b>{n}</b>") for n in range(5)])

    changes = collection.read(folder).findings.text_changes

    assert (changes.total, len(changes.listed)) == (5, 2)


def test_the_odd_texts_of_the_cases_come_out_clean(tmp_path: Path) -> None:
    if not WORDS.is_file():
        pytest.skip("the cases are not next to this checkout")
    (tmp_path / "metadata.csv").write_bytes(WORDS.read_bytes())
    names = {line.split(",")[0] for line in WORDS.read_text("utf-8").splitlines()[1:]}
    (tmp_path / "collection.toml").write_text('[collection]\nimage_names = "{record_id}.png"\n')
    for number, name in enumerate(sorted(names)):
        write_picture(tmp_path / f"{name}.png", number)

    found = {item.record_id: item for item in collection.read(tmp_path).items}

    assert found["ent"].title == "Adam & Eve – The Fall of Man"
    assert found["ent"].makers == "Dürer"
    assert found["fm"].title == "First line second line repeat"
    assert found["zw"].title == "Zerowidth mark soft"
    assert found["ar"].title == "رسم محفور: مدينة القاهرة (الجزء ٢)."
    assert {found[f"{name}-maker"].terms["maker"] for name in ("nfc", "nfd", "nbsp")} == {
        ("Albrecht Dürer",)
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mühle & Čapek „A“", "'Mühle & Čapek „A“'"),
        ("a\u200bb\xad\n", r"'a\u200bb\xad\n'"),
        ("u\u0308", r"'u\u0308'"),
        ("C:\\Scans", r"'C:\\Scans'"),
    ],
)
def test_letters_are_shown_and_unseen_signs_are_escaped(text: str, shown: str) -> None:
    assert text_changes.visible(text) == shown
