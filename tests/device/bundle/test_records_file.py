"""The records file: older schemas, further tables, and corrected titles."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from device.bundle import layout
from device.bundle.notices import Notices
from device.bundle.picture_rows import PictureRows
from device.bundle.records import RecordPicture, Records
from device.errors import BundleDamagedError


@pytest.fixture
def path(small_bundle: Path, tmp_path: Path) -> Path:
    """A copy of the small bundle's records file."""
    return Path(shutil.copyfile(small_bundle / layout.RECORDS, tmp_path / layout.RECORDS))


def alter(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_file_of_format_1_has_records_of_one_picture_and_one_title(path: Path) -> None:
    alter(path, "DROP TABLE titles", "DROP TABLE more_pictures", "PRAGMA user_version = 1")
    records = Records(path)

    record = records.at(0)
    assert record.pictures == (RecordPicture(width=record.width, height=record.height),)
    assert (record.titles, record.title_in("fr")) == ({}, record.title)
    assert records.picture_rows() == PictureRows(items=len(records))
    records.close()


def test_a_file_of_format_2_without_its_tables_is_damaged(path: Path) -> None:
    alter(path, "DROP TABLE titles")

    with pytest.raises(BundleDamagedError, match="no such table: titles"):
        Records(path)


def test_further_pictures_and_titles_belong_to_their_record(path: Path) -> None:
    with closing(Records(path)) as before:
        count = len(before)
    alter(
        path,
        f"INSERT INTO more_pictures VALUES ({count}, 1, 1, 30, 40, 'a'), ({count + 1}, 1, 2, 50, 60, 'b')",
        "INSERT INTO titles VALUES (1, 'fr', 'Un arbre'), (1, 'de', 'Ein Baum')",
    )
    with closing(Records(path)) as records:
        record = records.at(1)
        rows = records.picture_rows()
        hashes = records.picture_hashes()[record.record_id]
        others = records.at(0)

    assert record.more_pictures == (
        RecordPicture(width=30, height=40),
        RecordPicture(width=50, height=60),
    )
    assert (record.title_in("fr"), record.title_in("it")) == ("Un arbre", record.title)
    assert rows == PictureRows(items=count, further=((1, 1), (1, 2)))
    assert hashes[1:] == ("a", "b")
    assert (others.more_pictures, others.titles) == ((), {})


@pytest.mark.parametrize(
    "row",
    [
        "(900, 1, 1, 3, 4, 'a')",  # leaves a gap
        "({count}, 900, 1, 3, 4, 'a')",  # of no record
        "({count}, -1, 1, 3, 4, 'a')",
        "({count}, 1, 2, 3, 4, 'a')",  # its second picture is missing
        "({count}, 1, 0, 3, 4, 'a')",
        "({count}, 'one', 1, 3, 4, 'a')",
    ],
)
def test_further_pictures_in_impossible_rows_are_damage(path: Path, row: str) -> None:
    with closing(Records(path)) as records:
        count = len(records)
    alter(path, f"INSERT INTO more_pictures VALUES {row.format(count=count)}")

    with closing(Records(path)) as records, pytest.raises(BundleDamagedError, match="as a further"):
        records.picture_rows()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO more_pictures VALUES (900, 0, 1, 'wide', 4, 'a')",
        "INSERT INTO titles VALUES (0, 'fr', x'ff')",
    ],
)
def test_values_of_another_type_are_damage(path: Path, statement: str) -> None:
    alter(path, statement)

    with closing(Records(path)) as records, pytest.raises(BundleDamagedError, match="fetch"):
        records.at(0)


def test_a_corrected_title_holds_in_every_language(path: Path) -> None:
    with closing(Records(path)) as before:
        first, second = before.at(0).record_id, before.at(1).record_id
    alter(path, "INSERT INTO titles VALUES (0, 'fr', 'Faux'), (1, 'fr', 'Vrai')")
    notices = Notices(serial=1, amended={first: {"title": "Right"}, second: {"note": "A note"}})

    with closing(Records(path, notices)) as records:
        assert records.at(0).title_in("fr") == "Right"
        assert records.at(1).title_in("fr") == "Vrai"
