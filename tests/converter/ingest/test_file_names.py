"""A file is found under a name that the table writes a little differently."""

import unicodedata
from pathlib import Path

import pytest
from exported_collection import item_ids, refusal_reasons, table_row, write_picture, write_table

from converter.ingest import check_report, collection
from converter.ingest.file_names import (
    OTHER_FOLDER,
    OTHER_WRITING,
    UNDERSCORES,
    FileNames,
    FolderBounds,
)

UMLAUT = "Käthe-Ö.png"


@pytest.fixture
def names(tmp_path: Path) -> FileNames:
    for name in ("a.jpg", "Big/Two.TIF", "x.png", "X.png", "1890_1-23.jpg", UMLAUT, "b c-07.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"picture")
    return FileNames(root=tmp_path)


@pytest.mark.parametrize(
    ("written", "found", "note"),
    [
        ("A.JPG", "a.jpg", OTHER_WRITING),
        ("big/two.tif", "Big/Two.TIF", OTHER_WRITING),
        ("BIG\\TWO.tif", "Big/Two.TIF", OTHER_WRITING),
        (" a.jpg ", "a.jpg", OTHER_WRITING),
        (unicodedata.normalize("NFD", UMLAUT), UMLAUT, OTHER_WRITING),
        (unicodedata.normalize("NFD", UMLAUT.upper()), UMLAUT, OTHER_WRITING),
        ("1890/1-23.jpg", "1890_1-23.jpg", UNDERSCORES),
        ("1890\\1-23.JPG", "1890_1-23.jpg", UNDERSCORES),
        ("C:\\Scans\\2020\\a.jpg", "a.jpg", OTHER_FOLDER),
        ("c:A.JPG", None, ""),
        ("\\\\server\\scans\\a.jpg", "a.jpg", OTHER_FOLDER),
        ("/Volumes/Scans/A.jpg", "a.jpg", OTHER_FOLDER),
        ("scans\\a.jpg", "a.jpg", OTHER_FOLDER),
        ("scans/a.jpg", None, ""),
        ("x.PNG", None, ""),  # two files are meant
        ("../a.jpg", None, ""),
        ("C:\\..\\a.jpg", None, ""),
        ("none.jpg", None, ""),
        ("", None, ""),
    ],
)
def test_a_name_written_otherwise_finds_its_file(
    names: FileNames, written: str, found: str | None, note: str
) -> None:
    file = names.find(written)

    assert (file and file.path, file.note if file else "") == (found, note)


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("a.tif", "a.jpg"),
        ("A.TIF", "a.jpg"),
        ("b_c_07.tif", "b c-07.jpg"),
        ("Big/two.jpg", "Big/Two.TIF"),
        ("other.jpg", None),
        ("../a.tif", "a.jpg"),
        ("...", None),
    ],
)
def test_a_near_miss_is_named(names: FileNames, written: str, near: str | None) -> None:
    assert names.nearest(written) == near


def test_files_with_a_stem_are_found_with_any_known_suffix(names: FileNames) -> None:
    assert names.with_stem("A", (".jpg", ".tif")) == ["a.jpg"]
    assert names.with_stem("big/two", (".jpg", ".tif")) == ["Big/Two.TIF"]
    assert names.with_stem("x", (".png",)) == ["x.png"]  # the exact one of two
    assert names.with_stem("a", (".png",)) == []
    assert names.with_stem("none/a", (".jpg",)) == []
    assert names.with_stem("../a", (".jpg",)) == []


def test_check_lists_how_files_were_found(folder: Path) -> None:
    write_picture(folder / "images" / "Plate.png", 77)
    rows = [
        table_row(1),
        table_row(2, image="IMAGES/PLATE.PNG"),
        table_row(3, image="D:\\x\\03.png"),
    ]
    write_table(folder, rows)
    (folder / "images" / "03.png").rename(folder / "03.png")

    found = collection.read(folder)

    assert item_ids(found) == ["a-01", "a-02", "a-03"]
    assert found.items[1].image.name == "Plate.png"
    assert f"picture: {OTHER_WRITING}: a-02" in found.warnings
    assert f"picture: {OTHER_FOLDER}: a-03" in found.warnings
    assert OTHER_WRITING in check_report.summary(found)


def test_a_near_miss_is_in_the_refusal(folder: Path) -> None:
    write_table(folder, [table_row(1), table_row(2, image="images/02.jpg")])

    reasons = refusal_reasons(collection.read(folder))

    assert reasons == {
        "a-02": "line 3: expected a picture file, found none; did you mean images/02.png?"
    }


def test_slashes_of_an_id_are_underscores_in_a_pattern(folder: Path) -> None:
    rows = [["1890/1-23", "One"], ["1890\\24", "Two"], ["d 7", "Three"]]
    write_table(folder, rows, ("record_id", "title"))
    (folder / "collection.toml").write_text(
        '[collection]\nimages = "images"\nimage_names = "{record_id}.*"\n'
    )
    for number, name in enumerate(("1890_1-23.png", "1890_24.webp", "D 7.Png")):
        write_picture(folder / "images" / name, 50 + number)

    found = collection.read(folder)

    assert item_ids(found) == ["1890/1-23", "1890\\24", "d 7"]
    assert found.warnings == (f"picture: {OTHER_WRITING}: d 7",)


def test_a_link_out_of_the_folder_is_not_found_by_another_writing(folder: Path) -> None:
    write_picture(folder.parent / "outside.png", 99)
    (folder / "Link.png").symlink_to(folder.parent / "outside.png")
    write_table(folder, [table_row(1), table_row(2, image="LINK.png")])

    found = collection.read(folder)

    assert item_ids(found) == ["a-01"]
    assert "leads outside" in refusal_reasons(found)["a-02"]


@pytest.mark.parametrize(
    ("name", "is_inside"),
    [
        ("a.jpg", True),
        ("none.jpg", True),
        ("below/a.jpg", True),
        ("below/../a.jpg", True),
        ("linked-here/a.jpg", True),
        ("linked-out/a.jpg", False),
        ("linked-out.jpg", False),
        ("below/linked-out.jpg", False),
        ("../a.jpg", False),
        ("below/../../a.jpg", False),
        ("below/../..", False),
    ],
)
def test_links_are_followed_to_tell_whether_a_file_is_inside(
    tmp_path: Path, name: str, is_inside: bool
) -> None:
    root, outside = tmp_path / "prints", tmp_path / "others"
    for folder in (root / "below", outside):
        folder.mkdir(parents=True)
    for file in (root / "a.jpg", root / "below/a.jpg", outside / "a.jpg"):
        file.write_bytes(b"picture")
    (root / "linked-here").symlink_to(root / "below")
    (root / "linked-out").symlink_to(outside)
    for link in (root / "linked-out.jpg", root / "below/linked-out.jpg"):
        link.symlink_to(outside / "a.jpg")
    bounds = FolderBounds()

    assert [bounds.holds(root, name) for _ in range(2)] == [is_inside] * 2
