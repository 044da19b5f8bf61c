"""Ground truth is read row by row; an unusable row is refused with its reason."""

from pathlib import Path

import pytest

from device.errors import EvaluationError
from evaluation import ground_truth

KNOWN = {"a", "b"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection with two queries."""
    (tmp_path / "queries").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"queries/{name}.jpg").write_bytes(b"a picture, never opened here")
    return tmp_path


def pairs(folder: Path, *rows: str) -> ground_truth.GroundTruth:
    """Write a groundtruth.csv of these rows and read it."""
    text = "\n".join(("query_image,record_id,relation,checked", *rows))
    (folder / ground_truth.GROUND_TRUTH).write_text(text, "utf-8")
    return ground_truth.pairs(folder, KNOWN)


def test_a_picture_may_have_several_right_records(folder: Path) -> None:
    read = pairs(folder, 'queries/one.jpg,a,"copy, other book",by eye', "queries/one.jpg,b,state,")

    assert [(picture.name, picture.right) for picture in read.pictures] == [
        ("queries/one.jpg", frozenset({"a", "b"}))
    ]
    assert not read.refusals


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("queries/one.jpg,c,copy,", "record 'c' is not in this collection"),
        ("queries/three.jpg,a,copy,", "found none"),
        (",a,copy,", "expected a picture's file name"),
        ("queries/one.jpg,,copy,", "expected a record_id"),
        ("../secret.jpg,a,copy,", "outside it"),
        ("/etc/passwd,a,copy,", "outside it"),
        ("queries,a,copy,", "found none"),
    ],
)
def test_an_invalid_row_is_refused_in_one_line_and_the_others_stay(
    folder: Path, row: str, reason: str
) -> None:
    read = pairs(folder, row, "queries/two.jpg,b,copy,")

    assert [picture.name for picture in read.pictures] == ["queries/two.jpg"]
    assert len(read.refusals) == 1
    assert reason in read.refusals[0]
    assert "line 2" in read.refusals[0]
    assert "\n" not in read.refusals[0]


def test_a_collection_without_pairs_has_none(folder: Path) -> None:
    assert ground_truth.pairs(folder, KNOWN) == ground_truth.GroundTruth(pictures=(), refusals=())


def test_a_file_without_the_columns_is_refused(folder: Path) -> None:
    (folder / ground_truth.GROUND_TRUTH).write_text("picture,id\nqueries/one.jpg,a\n", "utf-8")

    with pytest.raises(EvaluationError, match="found no query_image and no record_id"):
        ground_truth.pairs(folder, KNOWN)


def test_a_file_that_is_not_text_is_refused(folder: Path) -> None:
    (folder / ground_truth.GROUND_TRUTH).write_bytes(b"\xff\xfe\x00\x81")

    with pytest.raises(EvaluationError, match="UTF-8"):
        ground_truth.pairs(folder, KNOWN)


def test_a_photograph_may_show_an_unknown_print(folder: Path) -> None:
    table = folder / "truths.csv"
    table.write_text("image,record_id\none.jpg,a\ntwo.jpg,\n", "utf-8")

    read = ground_truth.photographs(table, folder / "queries", KNOWN)

    assert [picture.right for picture in read.pictures] == [frozenset({"a"}), frozenset()]


def test_photographs_that_are_all_refused_are_an_error(folder: Path) -> None:
    table = folder / "truths.csv"
    table.write_text("image,record_id\nnine.jpg,a\n", "utf-8")

    with pytest.raises(EvaluationError, match=r"nine\.jpg"):
        ground_truth.photographs(table, folder / "queries", KNOWN)
