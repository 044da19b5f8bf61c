"""Compare the records of two bundles: which were added, removed or altered.

The desk's `diff` names the differences of each record. This module runs on the kiosk, over thousands of records,
with one query for each kind of change.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from device.bundle import layout
from device.bundle.metadata_fields import NAMES
from device.errors import BundleDamagedError

# Without `item`: the number of a record in a bundle may change while the record stays the same.
_COLUMNS = (
    *(name for name in NAMES if name != "record_id"),
    *("show_picture", "width", "height", "image_sha256"),
)
_IS_DIFFERENT = " OR ".join(f"b.{name} IS NOT a.{name}" for name in _COLUMNS)
# Rows that belong to a record, as columns of equal number. Files of format 1 have only the first of these tables.
_BELONGINGS = {
    "relations": "t.position, t.kind, t.target",
    "more_pictures": "t.position, t.image_sha256, NULL",
    "titles": "t.language, t.title, NULL",
}
_COMMON = "SELECT record_id FROM after.records INTERSECT SELECT record_id FROM before.records"
_ADDED = "SELECT record_id FROM after.records EXCEPT SELECT record_id FROM before.records"
_REMOVED = "SELECT record_id FROM before.records EXCEPT SELECT record_id FROM after.records"
_ALTERED = f"""
SELECT record_id FROM before.records AS b JOIN after.records AS a USING (record_id) WHERE {_IS_DIFFERENT}
UNION SELECT record_id FROM (
    SELECT * FROM ({{after}} EXCEPT {{before}}) UNION ALL SELECT * FROM ({{before}} EXCEPT {{after}})
) WHERE record_id IN ({_COMMON})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Ids of the records that differ between two bundles, sorted.

    Attributes:
        added: In the later bundle only.
        removed: In the earlier bundle only.
        altered: In both, with a different text, title, relation or picture.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.added)} added, {len(self.removed)} removed, {len(self.altered)} altered"


def find_changes(before: Path, after: Path) -> Changes:
    """Return the records that differ between two bundles.

    Args:
        before: Folder of the earlier bundle.
        after: Folder of the later bundle.

    Raises:
        BundleDamagedError: When one of the records files can't be read.
    """
    try:
        with closing(sqlite3.connect(":memory:", uri=True)) as connection:
            for bundle, name in ((before, "before"), (after, "after")):
                path = (bundle / layout.RECORDS).absolute()
                connection.execute(f"ATTACH ? AS {name}", (f"{path.as_uri()}?mode=ro&immutable=1",))
            altered_query = _ALTERED.format(
                before=_belongings(connection, "before"), after=_belongings(connection, "after")
            )
            added, removed, altered = (
                tuple(sorted(str(row[0]) for row in connection.execute(query)))
                for query in (_ADDED, _REMOVED, altered_query)
            )
    except sqlite3.Error as error:
        line = " ".join(str(error).split())[:200]
        raise BundleDamagedError(
            f"{before}, {after}: expected two records files, found {line}; verify both bundles"
        ) from error
    return Changes(added=added, removed=removed, altered=altered)


def _belongings(connection: sqlite3.Connection, bundle: str) -> str:
    """Return the query for everything that belongs to the records of an attached bundle."""
    found = {name for (name,) in connection.execute(f"SELECT name FROM {bundle}.sqlite_master")}
    return " UNION ALL ".join(
        f"SELECT record_id, '{table}', {columns} FROM {bundle}.{table} AS t JOIN {bundle}.records USING (item)"
        for table, columns in _BELONGINGS.items()
        if table in found or table == "relations"
    )
