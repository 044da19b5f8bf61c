"""The changes between two bundles' records."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from device.bundle import layout
from device.bundle.changes import find_changes
from device.errors import BundleDamagedError


@pytest.fixture
def bundles(small_bundle: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two bundles with identical records."""
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        shutil.copyfile(small_bundle / layout.RECORDS, tmp_path / name / layout.RECORDS)
    return tmp_path / "before", tmp_path / "after"


def alter(bundle: Path, *statements: str) -> None:
    """Change a bundle's records file with SQL statements."""
    with sqlite3.connect(bundle / layout.RECORDS) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def ids(bundle: Path) -> list[str]:
    """Return the record ids of a bundle, by item."""
    with sqlite3.connect(bundle / layout.RECORDS) as connection:
        found = [
            row[0] for row in connection.execute("SELECT record_id FROM records ORDER BY item")
        ]
    connection.close()
    return found


def test_identical_records_are_no_change(bundles: tuple[Path, Path]) -> None:
    assert str(find_changes(*bundles)) == "0 added, 0 removed, 0 altered"


def test_another_order_is_no_change(bundles: tuple[Path, Path]) -> None:
    alter(
        bundles[1],
        "UPDATE relations SET item = item + 1000, target_item = target_item + 1000",
        "UPDATE records SET item = item + 1000",
    )

    assert str(find_changes(*bundles)) == "0 added, 0 removed, 0 altered"


def test_added_removed_and_altered_records_are_listed(bundles: tuple[Path, Path]) -> None:
    before, after = bundles
    first, second, third, fourth, *_ = ids(before)
    alter(
        after,
        f"UPDATE records SET record_id = 'new' WHERE record_id = '{first}'",
        f"UPDATE records SET title = 'Another' WHERE record_id = '{second}'",
        f"UPDATE records SET note = NULL, image_sha256 = 'x' WHERE record_id = '{third}'",
        f"""INSERT INTO relations (item, position, kind, target)
            SELECT item, 90, 'State of', 'x' FROM records WHERE record_id = '{fourth}'""",
    )

    found = find_changes(before, after)

    assert (found.added, found.removed) == (("new",), (first,))
    assert found.altered == tuple(sorted((second, third, fourth)))


def test_a_record_with_another_title_or_further_picture_is_altered(
    bundles: tuple[Path, Path],
) -> None:
    before, after = bundles
    first, second, *_ = ids(before)
    alter(
        after,
        "INSERT INTO titles VALUES (0, 'fr', 'Un arbre')",
        "INSERT INTO more_pictures VALUES (900, 1, 1, 2, 3, 'x')",
    )

    assert find_changes(before, after).altered == tuple(sorted((first, second)))
    assert find_changes(after, before).altered == tuple(sorted((first, second)))


def test_a_file_of_format_1_is_compared_without_the_later_tables(
    bundles: tuple[Path, Path],
) -> None:
    before, after = bundles
    alter(before, "DROP TABLE titles", "DROP TABLE more_pictures", "PRAGMA user_version = 1")
    assert str(find_changes(before, after)) == "0 added, 0 removed, 0 altered"

    alter(after, "INSERT INTO titles VALUES (0, 'fr', 'Un arbre')")
    assert find_changes(before, after).altered == (ids(before)[0],)


def test_a_record_with_a_removed_relation_is_altered(bundles: tuple[Path, Path]) -> None:
    before, after = bundles
    first = ids(before)[0]
    alter(before, "INSERT INTO relations (item, position, kind, target) VALUES (0, 90, 'a', 'b')")

    assert find_changes(before, after).altered == (first,)


@pytest.mark.parametrize("data", [b"", b"rubbish" * 400], ids=["empty", "rubbish"])
def test_unreadable_records_are_refused(bundles: tuple[Path, Path], data: bytes) -> None:
    (bundles[1] / layout.RECORDS).write_bytes(data)

    with pytest.raises(BundleDamagedError, match="expected two records files"):
        find_changes(*bundles)


def test_missing_records_are_refused_and_not_created(bundles: tuple[Path, Path]) -> None:
    path = bundles[1] / layout.RECORDS
    path.unlink()

    with pytest.raises(BundleDamagedError):
        find_changes(*bundles)

    assert not path.exists()
