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
    assert item.makers == "Vallotton, Felix (Kuenstler)"
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


def test_two_records_may_share_one_scan_with_a_warning(folder: Path) -> None:
    (folder / "images" / "copy.png").write_bytes((folder / "images" / "04.png").read_bytes())
    write_table(folder, [table_row(4), table_row(1, image="images/copy.png"), table_row(2)])

    found = collection.read(folder)

    assert item_ids(found) == ["a-01", "a-02", "a-04"]
    assert found.refusals == ()
    assert found.warnings == ("records that share one scan with another: a-04 (a-01)",)


@pytest.mark.parametrize("sign", ["|", ";", "; ", "\n"])
def test_a_cell_may_list_several_pictures(folder: Path, sign: str) -> None:
    cell = sign.join(["images/02.png", "images/01.png", "images/02.png"])
    write_table(folder, [table_row(1, image=cell), table_row(3)])

    one, other = collection.read(folder).items

    assert one.image.name == "02.png"
    assert [picture.path.name for picture in one.more_images] == ["01.png"]
    assert other.more_images == ()


def test_a_file_whose_name_has_a_semicolon_is_one_picture(folder: Path) -> None:
    (folder / "images" / "00.png").rename(folder / "images" / "a;b.png")
    write_table(folder, [table_row(0, image="images/a;b.png")])

    (item,) = collection.read(folder).items

    assert item.image.name == "a;b.png"


def test_a_further_picture_that_is_missing_is_left_out_with_a_warning(folder: Path) -> None:
    write_table(folder, [table_row(1, image="images/none.png|images/01.png")])

    found = collection.read(folder)

    assert found.items[0].image.name == "01.png"
    assert "further pictures that were left out: a-01: images/none.png (" in found.warnings[0]


def test_rows_that_differ_only_by_picture_are_one_record(folder: Path) -> None:
    rows = [table_row(1), table_row(1, image="images/02.png"), table_row(3)]
    write_table(folder, rows)

    found = collection.read(folder)

    assert item_ids(found) == ["a-01", "a-03"]
    assert found.refusals == ()
    assert [picture.path.name for picture in found.items[0].more_images] == ["02.png"]


def test_rows_of_one_id_are_pictures_where_the_museum_says_so(folder: Path) -> None:
    (folder / "collection.toml").write_text('[collection]\nrows = "pictures"\n')
    write_table(folder, [table_row(1), table_row(1, title="Verso", image="images/02.png")])

    (item,) = collection.read(folder).items

    assert item.title == "Print 1"
    assert len(item.more_images) == 1


def test_columns_of_years_are_used_and_disagreement_is_counted(folder: Path) -> None:
    header = ("record_id", "title", "date", "date_earliest", "date_latest", "image")
    rows = [
        ["1", "a", "1765", "1765-01-01", "1765-12-31", "images/01.png"],
        ["2", "b", "1765", "1860", "1861", "images/02.png"],
        ["3", "c", "undated", "0", "9999", "images/03.png"],
    ]
    write_table(folder, rows, header)

    found = collection.read(folder)

    assert [(item.year_min, item.year_max) for item in found.items] == [
        (1765, 1765),
        (1860, 1861),
        (None, None),
    ]
    assert found.warnings == (
        "years that disagree with the date's text; the columns of years are used: 2 ('1765' means 1765, "
        "the columns say 1860 to 1861)",
    )


def test_titles_in_several_languages_are_kept_and_the_first_stands_in(folder: Path) -> None:
    header = ("record_id", "Titel (deutsch)", "title_en", "image")
    rows = [
        ["1", "Die Mühle", "The Mill", "images/01.png"],
        ["2", "", "The Market", "images/02.png"],
        ["3", "", "", "images/03.png"],
    ]
    write_table(folder, rows, header)

    found = collection.read(folder)

    assert [item.title for item in found.items] == ["Die Mühle", "The Market", "Untitled"]
    assert found.items[0].titles == {"de": "Die Mühle", "en": "The Mill"}
    assert found.languages == {"title": "de"}


def test_the_stated_order_of_titles_takes_precedence(folder: Path) -> None:
    (folder / "collection.toml").write_text('[languages]\norder = ["en", "de"]\n')
    write_table(
        folder,
        [["1", "Die Mühle", "The Mill", "images/01.png"]],
        ("record_id", "title_de", "title_en", "image"),
    )

    (item,) = collection.read(folder).items

    assert item.title == "The Mill"
    assert list(item.titles) == ["en", "de"]


def test_makers_are_split_and_keep_their_roles(folder: Path) -> None:
    (folder / "collection.toml").write_text(
        '[columns]\nmakers = {column = "Name", roles = "Role", prefixes = "Prefix", split = "|"}\n'
        'institution = {constant = "Kunsthaus"}\n'
    )
    header = ("record_id", "title", "Name", "Role", "Prefix", "image")
    row = ["1", "a", "Mary Example|Raphael Sample|Eva", "Artist|Artist|Publisher", "|After|"]
    write_table(folder, [[*row, "images/01.png"]], header)

    found = collection.read(folder)

    (item,) = found.items
    assert item.makers == "Mary Example; Raphael Sample (after); Eva (Publisher)"
    assert item.terms["maker"] == ("Mary Example", "Raphael Sample", "Eva")
    assert item.institution == "Kunsthaus"
    assert found.columns["makers"] == "Name + Role + Prefix"
    assert found.unused == ()


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


def test_a_row_with_a_wrong_quote_is_refused_with_its_id_and_the_others_are_read(
    folder: Path,
) -> None:
    lines = [
        "record_id,title,image",
        'a,"two,x',
        'b,"The "Small" Horse",y',
        "c,Three,images/03.png",
    ]
    (folder / "metadata.csv").write_text("\n".join(lines))

    found = collection.read(folder)

    assert item_ids(found) == ["c"]
    assert [(one.record_id, one.reason.split(",")[0]) for one in found.refusals] == [
        ("a", "line 2: expected cells with matching quotes"),
        ("b", "line 3: expected cells with matching quotes"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected a header"),
        (b"\n\n", "expected a header"),
        (b"record_id,title,image\n", "expected records below the header, found none"),
        (b"record_id\n1\n", "separated by comma, semicolon or tab, found none of them"),
        (b"record_id,x;y\n1\n", "found comma or semicolon"),
        (b"record_id,titel_x,bild\n1,2,3\n", "title: no column is known to hold it"),
        (b"record_id,title,image,image\n1,2,3,4\n", "'image' is in the header 2 times"),
        (b'record_id,"title,image\n1,two,3\n', "line 1: expected cells with matching quotes"),
        (
            "record_id,title,image\n1,Flöte,3\n".encode("cp1252"),
            "expected text in utf-8, found byte 0xf6 after",
        ),
    ],
)
def test_a_table_that_cannot_be_read_raises_a_one_line_error(
    folder: Path, content: bytes, message: str
) -> None:
    (folder / "metadata.csv").write_bytes(content)

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


@pytest.mark.slow
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
