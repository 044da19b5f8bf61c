"""Every record of a museum's export becomes an item, or is refused with a reason."""

from pathlib import Path

import pytest
from exported_collection import (
    HEADER,
    item_ids,
    refusal_reasons,
    table_row,
    write_picture,
    write_table,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import CollectionError
from converter.ingest import collection
from converter.ingest.relations import RelationText
from device.bundle.filters import FACETS

REAL = Path(__file__).parents[3].parent / "shared" / "data"


def test_every_record_becomes_an_item_with_its_picture(folder: Path) -> None:
    found = collection.read(folder)

    assert found.name == "prints"
    assert item_ids(found) == ["a-00", "a-01", "a-02", "a-03", "a-04"]
    assert found.refusals == ()
    assert found.warnings == ()
    assert found.items[3].image == folder / "images" / "03.png"
    assert len(found.items[3].image_sha256) == 64
    assert (found.items[3].width, found.items[3].height) == (12, 8)
    assert set(found.items[3].terms) == set(FACETS)
    assert found.items[3].show_picture


def test_the_order_of_rows_does_not_matter(folder: Path) -> None:
    first = collection.read(folder)
    write_table(folder, [table_row(number) for number in (3, 0, 4, 1, 2)])

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
    write_picture(tmp_path / "bilder" / "4711.TIF", 1)

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


def test_blank_rows_are_skipped_with_a_warning(folder: Path) -> None:
    write_table(folder, [table_row(1), ["", "", "", "", ""], table_row(2)])

    found = collection.read(folder)

    assert item_ids(found) == ["a-01", "a-02"]
    assert found.warnings == ("1 blank rows were skipped",)


def test_a_repeated_id_is_refused_with_the_line_of_the_first(folder: Path) -> None:
    write_table(
        folder, [table_row(1), table_row(2, record_id="a-01"), table_row(3, record_id=" a-01 ")]
    )

    found = collection.read(folder)

    assert [item.title for item in found.items] == ["Print 1"]
    assert [one.reason.split(";")[0] for one in found.refusals] == [
        "line 3: expected an id of its own, found that of line 2",
        "line 4: expected an id of its own, found that of line 2",
    ]


def test_a_record_without_a_printable_id_is_refused(folder: Path) -> None:
    write_table(
        folder, [table_row(1), table_row(2, record_id=""), table_row(3, record_id="a\u2028b")]
    )

    found = collection.read(folder)

    assert item_ids(found) == ["a-01"]
    assert "expected a record id, found none" in refusal_reasons(found)[""]
    assert "printable characters" in refusal_reasons(found)["a\u2028b"]


def test_of_two_records_with_one_picture_the_first_by_id_is_kept(folder: Path) -> None:
    (folder / "images" / "copy.png").write_bytes((folder / "images" / "04.png").read_bytes())
    write_table(folder, [table_row(4), table_row(1, image="images/copy.png"), table_row(2)])

    found = collection.read(folder)

    assert item_ids(found) == ["a-01", "a-02"]
    assert "found the same file as record 'a-01'" in refusal_reasons(found)["a-04"]
    assert found.refusals[0].image == "images/04.png"


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

    assert item_ids(found) == ["a-01", "a-03"]  # empty cells at the end of a row are no fault
    assert f"expected 5 cells, found {cells}" in refusal_reasons(found)["a-02"]


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
    write_table(folder, [], ("recordid", "name", "image", "image"))
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


@pytest.mark.slow
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
