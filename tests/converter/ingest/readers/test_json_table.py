"""Works are read from each shape of JSON that museums publish."""

import json
from pathlib import Path
from typing import Any

import pytest

from converter.errors import CollectionError
from converter.ingest.readers import json_table

WORKS: list[Any] = [
    {"id": 1, "title": "Nacht", "artist": {"name": "A"}},
    {"id": 2, "title": "Tag", "year": 1915.0},
]
HEADER = ("id", "title", "artist.name", "year")
ROWS = [("1", "Nacht", "A", ""), ("2", "Tag", "", "1915")]


def write(path: Path, value: object) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1))
    return path


@pytest.mark.parametrize(
    "value",
    [
        WORKS,
        {"total": 2, "works": WORKS},
        {"title": "Export", "meta": {"tags": ["a"]}, "response": {"docs": WORKS}},
        {"artists": [{"code": 1}], "works": WORKS},
        "\n\n".join(json.dumps(work) for work in WORKS) + "\n",
    ],
    ids=["list", "object", "deeper", "with another list", "lines"],
)
def test_works_are_read(tmp_path: Path, value: object) -> None:
    table = json_table.read(write(tmp_path / "works.json", value))

    assert (table.header, table.count) == (HEADER, 2)
    assert [row.cells for row in table.rows()] == ROWS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_other_encodings_of_unicode_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "works.json"
    path.write_text(json.dumps([{"title": "Löwe"}], ensure_ascii=False), encoding=encoding)

    assert [row.cells for row in json_table.read(path).rows()] == [("Löwe",)]


def test_a_file_for_each_work_is_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for number, work in enumerate(WORKS):
        write(tmp_path / "a" / f"{number}.json", work)
    write(tmp_path / "a" / "2.json", "{")

    rows = list(json_table.read(tmp_path).rows())

    assert [row.cells for row in rows[:2]] == ROWS
    assert [row.place for row in rows] == ["0.json", "1.json", "2.json"]
    assert "found the end of the file" in rows[2].fault


def test_a_single_work_is_no_wrapper_of_its_artists(tmp_path: Path) -> None:
    work = {"id": 1, "title": "Nacht", "medium": "x", "artists": [{"id": 3, "fc": "A"}]}

    table = json_table.read(write(tmp_path / "1.json", work))

    assert table.count == 1
    assert table.header == ("id", "title", "medium", "artists.id", "artists.fc")


def test_an_element_or_line_that_is_no_work_is_refused_alone(tmp_path: Path) -> None:
    in_list = json_table.read(write(tmp_path / "a.json", [WORKS[0], "x", WORKS[1]]))
    lines = f"{json.dumps(WORKS[0])}\n{json.dumps(WORKS[1])}\n[1]\n{{\n"
    in_lines = json_table.read(write(tmp_path / "b.jsonl", lines))

    assert [(row.place, bool(row.fault)) for row in in_list.rows()] == [
        ("work 1", False),
        ("work 2", True),
        ("work 3", False),
    ]
    assert [row.fault.split(";")[0] for row in in_lines.rows()][2:] == [
        "expected an object, found a list",
        "expected more, found the end of the file",
    ]


@pytest.mark.parametrize(
    ("value", "works", "message"),
    [
        ("3", None, "expected a list of objects, an object with one such list"),
        ([], None, "found no object"),
        ([1, 2], None, "found no object"),
        ({"a": 1, "b": ["x"]}, None, "keys outside lists: a"),
        ({"a": [{"id": 1}], "b": [{"id": 1}]}, None, '[json] works = "a"'),
        ({"a": [{"id": 1}]}, "b", "correct [json] works in collection.toml"),
        ('[{"id": 1},', None, "line 1: expected more"),
        ('[{"id": 1}] x', None, "expected the end, found 'x'"),
        ([{f"k{number}": 1} for number in range(2001)], None, "at most 2000 different keys"),
    ],
)
def test_json_of_a_wrong_shape_is_an_error_of_one_line(
    tmp_path: Path, value: object, works: str | None, message: str
) -> None:
    with pytest.raises(CollectionError, match=r"w\.json: ") as caught:
        json_table.read(write(tmp_path / "w.json", value), works=works)

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_list_of_works_can_be_named(tmp_path: Path) -> None:
    value = {"x": {"a": [{"id": 1}]}, "b": [{"id": 2}]}

    table = json_table.read(write(tmp_path / "w.json", value), works="x.a")

    assert [row.cells for row in table.rows()] == [("1",)]


def test_json_that_is_not_unicode_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_bytes('[\n{"title": "Löwe"}]'.encode("cp1252"))

    with pytest.raises(CollectionError, match="line 2: expected text in utf-8"):
        json_table.read(path)
