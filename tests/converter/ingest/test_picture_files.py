"""A picture file is found, measured and hashed, or refuses its record with a reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
from exported_collection import item_ids, refusal_reasons, table_row, write_picture, write_table
from PIL import Image

from converter.ingest import collection


def test_width_and_height_are_those_of_the_upright_picture(folder: Path) -> None:
    write_picture(folder / "images" / "turned.jpg", 9, size=(20, 10), orientation=6)
    write_table(folder, [table_row(1, image="images/turned.jpg")])

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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (Path.unlink, "expected a picture file, found none"),
        (folder_instead, "expected a picture file, found none"),
        (empty, "found an empty file"),
        (text, "expected a picture (JPEG, PNG, WEBP, TIFF, JPEG 2000"),
        (text, "found something else"),
        (header_only, "found"),
        (gigantic, "expected at most 400 megapixels, found 420; scale it down"),
    ],
)
def test_a_damaged_picture_refuses_only_its_record(
    folder: Path, damage: Callable[[Path], None], reason: str
) -> None:
    damage(folder / "images" / "02.png")

    found = collection.read(folder)

    assert item_ids(found) == ["a-00", "a-01", "a-03", "a-04"]
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
    write_picture(folder.parent / "outside.png", 99)
    (folder / "link.png").symlink_to(folder.parent / "outside.png")
    write_table(folder, [table_row(1), table_row(2, image=name)])

    found = collection.read(folder)

    assert item_ids(found) == ["a-01"]
    assert "leads outside" in refusal_reasons(found)["a-02"]


def test_a_loop_of_links_and_invalid_file_names_are_refused(folder: Path) -> None:
    (folder / "ring.png").symlink_to(folder / "ring.png")
    write_table(
        folder,
        [
            table_row(1, image="ring.png"),
            table_row(2, image="x" * 5000),
            table_row(3, image="a\nb.png"),
            table_row(4, image=""),
        ],
    )

    found = collection.read(folder)

    assert item_ids(found) == []
    assert set(refusal_reasons(found)) == {"a-01", "a-02", "a-03"}
    assert all("\n" not in reason for reason in refusal_reasons(found).values())


def test_a_path_in_windows_style_is_followed(folder: Path) -> None:
    write_table(folder, [table_row(1, image="images\\01.png")])

    assert item_ids(collection.read(folder)) == ["a-01"]


def test_the_pictures_folder_may_be_a_link_that_the_settings_name(folder: Path) -> None:
    (folder / "images").rename(folder.parent / "pictures")
    (folder / "linked").symlink_to(folder.parent / "pictures")
    (folder / "collection.toml").write_text('[collection]\nimages = "linked"\n')
    write_table(folder, [table_row(1, image="01.png")])

    assert item_ids(collection.read(folder)) == ["a-01"]


def test_a_record_with_a_placeholder_picture_is_left_out(folder: Path) -> None:
    write_picture(folder / "placeholders" / "none.png", 3)
    (folder / "collection.toml").write_text('[collection]\nplaceholders = "placeholders"\n')

    found = collection.read(folder)

    assert item_ids(found) == ["a-00", "a-01", "a-02", "a-04"]
    (left_out,) = found.findings.without_picture
    assert left_out.record_id == "a-03"
    assert "found the placeholder none.png" in left_out.reason


def test_two_files_that_match_one_pattern_are_refused_naming_both(folder: Path) -> None:
    write_table(folder, [["a-01", "One"], ["a/02", "Two"]], ("record_id", "title"))
    (folder / "collection.toml").write_text(
        '[collection]\nimages = "images"\nimage_names = "{record_id}.*"\n'
    )
    for number, name in enumerate(["a-01.png", "a-01.jpg", "a_02.tif"]):
        write_picture(folder / "images" / name, number)

    found = collection.read(folder)

    assert item_ids(found) == ["a/02"]
    assert "found a-01.jpg and a-01.png" in refusal_reasons(found)["a-01"]
