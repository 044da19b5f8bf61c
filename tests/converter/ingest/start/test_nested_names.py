"""A nested key's meaning depends on the keys above it."""

import json
from pathlib import Path

import pytest
from exported_collection import write_picture

from converter.ingest import collection
from converter.ingest.start import nested_names
from converter.ingest.start.command import start

ORDER = {"title": 0, "name": 1, "id": 0, "date": 0, "medium": 2}


@pytest.mark.parametrize(
    ("field", "column", "rank"),
    [
        ("makers", "creators.displayName", 1),
        ("makers", "Contributors.fc", 7),
        ("makers", "creators.id", None),
        ("record_id", "creators.id", None),
        ("record_id", "type.id", None),
        ("date", "contributors.date", None),
        ("date", "dating.date", 0),
        ("technique", "Images.ImageURLs.Medium", None),
        ("image", "Images.ImageURLs.Raw", 1),
        ("image", "images.b.url", 5),
        ("image", "images.b.width", None),
        ("title", "titles.title", 0),
        ("title", "artist.title", None),
    ],
)
def test_a_key_fits_a_field(field: str, column: str, rank: int | None) -> None:
    assert nested_names.rank(field, column, ORDER) == rank


@pytest.mark.parametrize(("column", "depth"), [("title", 0), ("a.b", 1), ("a.b.c", 2), ("Nr.", 0)])
def test_depth_counts_the_keys_above(column: str, depth: int) -> None:
    assert nested_names.depth(column) == depth


def test_a_work_with_people_and_pictures_is_read_after_start(tmp_path: Path) -> None:
    for number, name in ((1, "Eva Example"), (2, "Hans Sample")):
        work = {
            "ObjectID": number,
            "Creators": [
                {"ID": 77, "ConcatDisplayName": name, "Role": "Etcher", "Date": "1802–1871"},
                {"ID": 78, "ConcatDisplayName": "A. Publisher", "Role": "Publisher"},
            ],
            "DateText": f"182{number}",
            "Images": [{"ID": 5, "ImageURLs": {"Medium": f"http://example.org/{number}_m.jpg"}}],
            "Medium": "Etching",
            "Title": "Harbour",
            "Type": {"id": 3, "name": "Print"},
        }
        (tmp_path / f"{number}.json").write_text(json.dumps(work))
        write_picture(tmp_path / f"{number}.png", number)

    start(tmp_path)
    found = collection.read(tmp_path)

    assert found.refusals == ()
    assert [(item.record_id, item.year_min, item.technique) for item in found.items] == [
        ("1", 1821, "Etching"),
        ("2", 1822, "Etching"),
    ]
    assert [item.makers for item in found.items] == [
        "Eva Example; A. Publisher",
        "Hans Sample; A. Publisher",
    ]
    written = (tmp_path / "collection.toml").read_text("utf-8")
    assert '# makers = {column = "Creators.ConcatDisplayName", roles = "Creators.Role"}' in written
