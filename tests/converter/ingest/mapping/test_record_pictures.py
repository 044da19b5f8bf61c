"""All pictures of a record are found, each once."""

from pathlib import Path

import pytest
from exported_collection import write_picture

from converter.ingest.mapping.record_pictures import find_pictures, picture_names
from converter.ingest.picture_files import PictureFolder
from device.errors import PictureError


@pytest.fixture
def pictures(tmp_path: Path) -> PictureFolder:
    for number, name in enumerate(("a.png", "b.png", "c; d.png")):
        write_picture(tmp_path / name, number)
    return PictureFolder(path=tmp_path)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("a.png", ["a.png"]),
        ("a.png|b.png", ["a.png", "b.png"]),
        ("a.png; b.png;", ["a.png", "b.png"]),
        ("a.png\x1fc; d.png", ["a.png", "c; d.png"]),
        ("c; d.png", ["c; d.png"]),
        ("", [""]),
        (" | ", [""]),
    ],
)
def test_a_cell_is_split_unless_a_file_has_its_name(
    pictures: PictureFolder, cell: str, names: list[str]
) -> None:
    assert picture_names(pictures, {"image": cell}) == names


def test_a_pattern_names_one_picture(tmp_path: Path) -> None:
    folder = PictureFolder(path=tmp_path, pattern="{record_id}.jpg")

    assert picture_names(folder, {"record_id": "1890/1", "image": "a|b"}) == ["1890_1.jpg"]
    assert picture_names(folder, {"record_id": "1890\\1"}) == ["1890_1.jpg"]


def test_the_same_picture_counts_once_and_missing_ones_are_named(pictures: PictureFolder) -> None:
    found = find_pictures(pictures, ["none.png", "b.png", "a.png", "b.png"])

    assert found.first.path.name == "b.png"
    assert [picture.path.name for picture in found.more] == ["a.png"]
    assert len(found.missing) == 1
    assert "none.png (" in found.missing[0]


def test_without_any_picture_the_first_is_reported(pictures: PictureFolder) -> None:
    with pytest.raises(PictureError, match="expected a picture file, found none"):
        find_pictures(pictures, ["none.png", "other.png"])
