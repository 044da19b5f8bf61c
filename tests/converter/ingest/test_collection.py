"""Every record of a museum's export becomes an item, or is refused with a reason."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from converter.errors import CollectionError
from converter.ingest import check_report, collection, csv_table
from converter.ingest.collection import Collection
from converter.ingest.relations import RelationText
from device.bundle.filters import FACETS

REAL = Path(__file__).parents[3].parent / "shared" / "data"
HEADER = ("record_id", "title", "makers", "date", "image")


def picture(path: Path, number: int, size: tuple[int, int] = (12, 8), orientation: int = 1) -> None:
    """Write a small picture with bytes unique to its number."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, exif=exif)


def metadata(
    folder: Path,
    rows: Sequence[Sequence[str]],
    header: Sequence[str] = HEADER,
    delimiter: str = ",",
) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


def row(number: int, **changed: str) -> list[str]:
    values = {
        "record_id": f"a-{number:02}",
        "title": f"Print {number}",
        "makers": "",
        "date": "",
        "image": f"images/{number:02}.png",
    }
    return list((values | changed).values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection of five prints, each with its own picture."""
    path = tmp_path / "prints"
    metadata(path, [row(number) for number in range(5)])
    for number in range(5):
        picture(path / "images" / f"{number:02}.png", number)
    return path


def ids(found: Collection) -> list[str]:
    return [item.record_id for item in found.items]


def refused(found: Collection) -> dict[str, str]:
    return {refusal.record_id: refusal.reason for refusal in found.refusals}


def test_every_record_becomes_an_item_with_its_picture(folder: Path) -> None:
    found = collection.read(folder)

    assert found.name == "prints"
    assert ids(found) == ["a-00", "a-01", "a-02", "a-03", "a-04"]
    assert found.refusals == ()
    assert found.warnings == ()
    assert found.items[3].image == folder / "images" / "03.png"
    assert len(found.items[3].image_sha256) == 64
    assert (found.items[3].width, found.items[3].height) == (12, 8)
    assert set(found.items[3].terms) == set(FACETS)
    assert found.items[3].show_picture


def test_the_order_of_rows_does_not_matter(folder: Path) -> None:
    first = collection.read(folder)
    metadata(folder, [row(number) for number in (3, 0, 4, 1, 2)])

    assert collection.read(folder).items == first.items


def test_progress_counts_every_row(folder: Path) -> None:
    seen: list[tuple[int, int]] = []

    collection.read(folder, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_a_museumplus_export_is_read_with_only_a_column_map(tmp_path: Path) -> None:
    header = "recordID;imageURL;invNr;person;date;title;classification;matTec;institutionIsil;recordURL;imageLicence;relations"
    values = (
        "4711;https://example.org/4711;D 000123;Vallotton, Felix (1865 - 1925), Kuenstler;um 1895;Die Flöte;Druckgrafik;"
        '"Holzschnitt, Papier";CH-000511-9;https://example.org/r/4711;Public Domain Mark 1.0;"Teil von, D 000120; Kopie, 2014.0228"'
    )
    (tmp_path / "metadata.csv").write_bytes(f"{header}\r\n{values}\r\n".encode("cp1252"))
    (tmp_path / "collection.toml").write_text(
        '[collection]\nname = "Graphik"\nimages = "bilder"\nimage_names = "{record_id}.*"\n'
        '[languages]\ntitle = "de"\ntechnique = "de"\n[csv]\nencoding = "cp1252"\n',
        encoding="utf-8",
    )
    picture(tmp_path / "bilder" / "4711.TIF", 1)

    found = collection.read(tmp_path)

    (item,) = found.items
    assert found.name == "Graphik"
    assert found.languages == {"title": "de", "technique": "de"}
    assert found.columns["makers"] == "person"
    assert found.unused == ("imageURL",)
    assert item.record_id == "4711"
    assert item.title == "Die Flöte"
    assert item.makers == "Vallotton, Felix (1865 - 1925), Kuenstler"
    assert (item.date_text, item.year_min, item.year_max) == ("um 1895", 1890, 1900)
    assert item.inventory_number == "D 000123"
    assert item.rights == "Public Domain Mark 1.0"
    assert item.source_url == "https://example.org/r/4711"
    assert item.relations == (
        RelationText(kind="Teil von", target="D 000120"),
        RelationText(kind="Kopie", target="2014.0228"),
    )
    assert item.terms == {
        "classification": ("Druckgrafik",),
        "technique": ("Holzschnitt", "Papier"),
        "institution": ("CH-000511-9",),
        "maker": ("Vallotton, Felix",),
        "relation": ("Teil von", "Kopie"),
    }
    assert item.image == tmp_path / "bilder" / "4711.TIF"


def test_a_given_column_map_takes_precedence_over_the_folders_own(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "collection.toml").write_text("[nonsense]\n")
    other = tmp_path / "other.toml"
    other.write_text('[collection]\nname = "Other"\n')

    assert collection.read(folder, columns=other).name == "Other"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_detected(folder: Path, delimiter: str, encoding: str) -> None:
    metadata(folder, [row(1, title="Évora; a view, with\ttrees")], delimiter=delimiter)
    path = folder / "metadata.csv"
    path.write_text(path.read_text(encoding="utf-8"), encoding=encoding)

    found = collection.read(folder)

    assert [item.title for item in found.items] == ["Évora; a view, with trees"]


def test_a_forbidding_licence_hides_the_picture_and_keeps_the_record(folder: Path) -> None:
    metadata(
        folder,
        [row(1, makers="© ProLitteris, Zürich"), row(2, makers="CC0")],
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
    metadata(folder, [row(1, title=" ")])
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
    rows = [row(number, makers=text) for number, text in enumerate(links, 1)]
    metadata(folder, rows, header)

    found = collection.read(folder)

    assert [item.source_url for item in found.items] == [
        "https://example.org/a_(b)",
        None,
        None,
        "http://example.org/c",
    ]
    assert found.warnings == ("the record's link is not a web address and was left out: a-02",)


def test_blank_rows_are_skipped_with_a_warning(folder: Path) -> None:
    metadata(folder, [row(1), ["", "", "", "", ""], row(2)])

    found = collection.read(folder)

    assert ids(found) == ["a-01", "a-02"]
    assert found.warnings == ("1 blank rows were skipped",)


def test_width_and_height_are_those_of_the_upright_picture(folder: Path) -> None:
    picture(folder / "images" / "turned.jpg", 9, size=(20, 10), orientation=6)
    metadata(folder, [row(1, image="images/turned.jpg")])

    item = collection.read(folder).items[0]

    assert (item.width, item.height) == (10, 20)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("no picture")


def header_only(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20])


def gigantic(path: Path) -> None:
    Image.new("1", (30_000, 14_000)).save(path)


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (Path.unlink, "expected a picture file, found none"),
        (folder_instead, "expected a picture file, found none"),
        (empty, "found an empty file"),
        (text, "expected a picture (JPEG, PNG, WEBP, TIFF), found something else"),
        (header_only, "found"),
        (gigantic, "expected at most 400 megapixels, found 420; scale it down"),
    ],
)
def test_a_damaged_picture_refuses_only_its_record(
    folder: Path, damage: Callable[[Path], None], reason: str
) -> None:
    damage(folder / "images" / "02.png")

    found = collection.read(folder)

    assert ids(found) == ["a-00", "a-01", "a-03", "a-04"]
    assert [(one.record_id, one.image) for one in found.refusals] == [("a-02", "images/02.png")]
    assert reason in found.refusals[0].reason
    assert found.refusals[0].reason.startswith("line 4: ")
    assert "\n" not in found.refusals[0].reason


@pytest.mark.parametrize(
    "name",
    [
        "../outside.png",
        "images/../../outside.png",
        "/etc/passwd",
        "C:\\outside.png",
        "\\\\host\\share\\a.png",
        "link.png",
    ],
)
def test_a_picture_outside_the_folder_is_refused(folder: Path, name: str) -> None:
    picture(folder.parent / "outside.png", 99)
    (folder / "link.png").symlink_to(folder.parent / "outside.png")
    metadata(folder, [row(1), row(2, image=name)])

    found = collection.read(folder)

    assert ids(found) == ["a-01"]
    assert "leads outside" in refused(found)["a-02"]


def test_a_loop_of_links_and_invalid_file_names_are_refused(folder: Path) -> None:
    (folder / "ring.png").symlink_to(folder / "ring.png")
    metadata(
        folder,
        [
            row(1, image="ring.png"),
            row(2, image="x" * 5000),
            row(3, image="a\nb.png"),
            row(4, image=""),
        ],
    )

    found = collection.read(folder)

    assert ids(found) == []
    assert set(refused(found)) == {"a-01", "a-02", "a-03", "a-04"}
    assert all("\n" not in reason for reason in refused(found).values())


def test_a_path_in_windows_style_is_followed(folder: Path) -> None:
    metadata(folder, [row(1, image="images\\01.png")])

    assert ids(collection.read(folder)) == ["a-01"]


def test_the_pictures_folder_may_be_a_link_that_the_settings_name(folder: Path) -> None:
    (folder / "images").rename(folder.parent / "pictures")
    (folder / "linked").symlink_to(folder.parent / "pictures")
    (folder / "collection.toml").write_text('[collection]\nimages = "linked"\n')
    metadata(folder, [row(1, image="01.png")])

    assert ids(collection.read(folder)) == ["a-01"]


def test_a_repeated_id_is_refused_with_the_line_of_the_first(folder: Path) -> None:
    metadata(folder, [row(1), row(2, record_id="a-01"), row(3, record_id=" a-01 ")])

    found = collection.read(folder)

    assert [item.title for item in found.items] == ["Print 1"]
    assert [one.reason.split(";")[0] for one in found.refusals] == [
        "line 3: expected an id of its own, found that of line 2",
        "line 4: expected an id of its own, found that of line 2",
    ]


def test_a_record_without_a_printable_id_is_refused(folder: Path) -> None:
    metadata(folder, [row(1), row(2, record_id=""), row(3, record_id="a\u2028b")])

    found = collection.read(folder)

    assert ids(found) == ["a-01"]
    assert "expected a record id, found none" in refused(found)[""]
    assert "printable characters" in refused(found)["a\u2028b"]


def test_of_two_records_with_one_picture_the_first_by_id_is_kept(folder: Path) -> None:
    (folder / "images" / "copy.png").write_bytes((folder / "images" / "04.png").read_bytes())
    metadata(folder, [row(4), row(1, image="images/copy.png"), row(2)])

    found = collection.read(folder)

    assert ids(found) == ["a-01", "a-02"]
    assert "found the same file as record 'a-01'" in refused(found)["a-04"]
    assert found.refusals[0].image == "images/04.png"


def test_a_record_with_a_placeholder_picture_is_refused(folder: Path) -> None:
    picture(folder / "placeholders" / "none.png", 3)
    (folder / "collection.toml").write_text('[collection]\nplaceholders = "placeholders"\n')

    found = collection.read(folder)

    assert ids(found) == ["a-00", "a-01", "a-02", "a-04"]
    assert "found the placeholder none.png" in refused(found)["a-03"]


@pytest.mark.parametrize(
    ("line", "cells"), [("a-02,Two,,,images/02.png,more", 6), ("a-02,Two,,", 4)]
)
def test_a_row_with_too_many_or_too_few_cells_is_refused(
    folder: Path, line: str, cells: int
) -> None:
    with (folder / "metadata.csv").open("w") as file:
        file.write(
            f"{','.join(HEADER)}\na-01,One,,,images/01.png\n{line}\na-03,Three,,,images/03.png,,\n"
        )

    found = collection.read(folder)

    assert ids(found) == ["a-01", "a-03"]  # empty cells at the end of a row are no fault
    assert f"expected 5 cells, found {cells}" in refused(found)["a-02"]


def test_two_files_that_match_one_pattern_are_refused_naming_both(folder: Path) -> None:
    metadata(folder, [["a-01", "One"], ["a/02", "Two"]], ("record_id", "title"))
    (folder / "collection.toml").write_text(
        '[collection]\nimages = "images"\nimage_names = "{record_id}.*"\n'
    )
    for number, name in enumerate(["a-01.png", "a-01.jpg", "a_02.tif"]):
        picture(folder / "images" / name, number)

    found = collection.read(folder)

    assert ids(found) == ["a/02"]
    assert "found a-01.jpg and a-01.png" in refused(found)["a-01"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "expected a CSV file, found none"),
        (b"", "expected a header"),
        (b"\n\n", "expected a header"),
        (b"record_id,title,image\n", "expected records below the header, found none"),
        (b"record_id\n1\n", "separated by comma, semicolon or tab, found none of them"),
        (b"record_id,ti;tle\n1\n", "found comma or semicolon"),
        (b"record_id,titel_x,bild\n1,2,3\n", "title: no column is known to hold it"),
        (b"record_id,title,image,image\n1,2,3,4\n", "'image' is in the header 2 times"),
        (b'record_id,title,image\n1,"two,3\n4,5,6\n', "expected cells with matching quotes"),
        (b'record_id,title,image\n1,"two"x,3\n', "line 2: expected cells with matching quotes"),
        (
            "record_id,title,image\n1,Flöte,3\n".encode("cp1252"),
            "expected text in utf-8, found byte 0xf6 after",
        ),
    ],
)
def test_a_table_that_cannot_be_read_raises_a_one_line_error(
    folder: Path, content: bytes | None, message: str
) -> None:
    path = folder / "metadata.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CollectionError, match=r"metadata\.csv: ") as caught:
        collection.read(folder)

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_faults_of_the_columns_are_reported_at_once(folder: Path) -> None:
    metadata(folder, [], ("recordid", "name", "image", "image"))
    (folder / "collection.toml").write_text('[columns]\ntitle = "nmae"\n')

    with pytest.raises(CollectionError) as caught:
        collection.read(folder)

    assert "title: no column 'nmae'; did you mean 'name'?" in str(caught.value)
    assert "'image' is in the header 2 times" in str(caught.value)
    assert "found none" in str(caught.value)


@pytest.mark.parametrize(
    ("settings_text", "message"),
    [
        ('[collection]\nimages = "none"', "expected a folder of pictures, found none"),
        (
            '[collection]\nplaceholders = "none"',
            "expected a folder of placeholder pictures, found none",
        ),
        ('[csv]\nencoding = "klingon"', "encoding 'klingon' isn't known"),
        ('[csv]\nencoding = "utf-16"', "expected text in utf-16"),
    ],
)
def test_settings_that_do_not_match_the_folder_are_reported(
    folder: Path, settings_text: str, message: str
) -> None:
    (folder / "collection.toml").write_text(settings_text)

    with pytest.raises(CollectionError, match=message):
        collection.read(folder)


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="expected a collection's folder, found none"):
        collection.read(tmp_path / "none")


CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)


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


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_of_a_table_raise_only_a_collection_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "metadata.csv").write_bytes(b"id,title,image\n" + content)

    try:
        found = collection.read(folder)
    except CollectionError as error:
        assert "\n" not in str(error)
    else:
        assert not found.items
        assert all("\n" not in one.reason for one in found.refusals)


def test_the_report_lists_columns_counts_warnings_and_refusals(folder: Path) -> None:
    header = ("record_id", "title", "creator", "date", "image", "colour")
    rows = [
        [*row(1, makers="Anna Muster (Zeichner)", date="um 1640"), "red"],
        [*row(2, title="", makers="Anna Muster", date="spring"), "red"],
        [*row(3, image="none.png"), "red"],
    ]
    metadata(folder, rows, header)
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


@pytest.mark.parametrize(("name", "count"), [("demo", 301), ("devset", 1305)])
def test_a_real_collection_is_read_without_a_column_map(name: str, count: int) -> None:
    if not (REAL / name).is_dir():
        pytest.skip("the real prints are not next to this checkout")

    found = collection.read(REAL / name)

    assert len(found.items) == count
    assert found.refusals == ()
    assert {"record_id", "title", "makers", "date", "technique", "rights", "image", "note"} <= set(
        found.columns
    )
    assert "source_commit" in found.unused
    assert all(item.year_min is not None for item in found.items if item.date_text)
    assert all(item.source_url and " " not in item.source_url for item in found.items)
