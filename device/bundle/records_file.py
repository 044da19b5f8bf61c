"""A bundle's SQLite file, opened read-only, with the notices applied.

Files of an older format get the tables that they lack.
"""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from device.bundle.metadata_fields import AMENDABLE, NAMES, SEARCHED
from device.bundle.notices import Notices
from device.errors import BundleDamagedError

# Columns of `records` that a `Record` is made of.
COLUMNS = (*NAMES, "item", "show_picture", "width", "height")
_APPLICATION_ID = 1886547531  # as schema.sql sets it
_PROBES = (
    f"SELECT {', '.join(COLUMNS)} FROM records LIMIT 1",
    "SELECT facet, value, item FROM terms LIMIT 1",
    "SELECT rowid FROM records_fts LIMIT 1",
    "SELECT picture, item, position, width, height FROM more_pictures LIMIT 1",
    "SELECT item, language, title FROM titles LIMIT 1",
)

# SQLite looks up a name in the connection's temporary tables first. So every statement sees the notices applied, and the
# tables that a file of version 1 lacks, empty.
_SINCE_VERSION_2 = """
CREATE TEMP TABLE more_pictures (picture, item, position, width, height, image_sha256);
CREATE TEMP TABLE titles (item, language, title);
"""
_AMENDED_COLUMNS = ", ".join(
    f"COALESCE(a.{name}, r.{name}) AS {name}" if name in AMENDABLE else f"r.{name}"
    for name in COLUMNS
)
_NOTICES_SCHEMA = f"""
CREATE TEMP TABLE withdrawn (record_id TEXT PRIMARY KEY);
CREATE TEMP TABLE amended (record_id TEXT PRIMARY KEY, {", ".join(AMENDABLE)});
CREATE TEMP VIEW records AS SELECT {_AMENDED_COLUMNS}
    FROM main.records AS r LEFT JOIN temp.amended AS a ON a.record_id = r.record_id
    WHERE r.record_id NOT IN (SELECT record_id FROM temp.withdrawn);
CREATE TEMP VIEW terms AS SELECT facet, value, item FROM main.terms WHERE item NOT IN
    (SELECT item FROM main.records WHERE record_id IN (SELECT record_id FROM temp.withdrawn));
CREATE VIRTUAL TABLE temp.amended_texts USING fts5({", ".join(SEARCHED)}, tokenize="unicode61 remove_diacritics 2");
"""
# A corrected title holds in every language, because the notice says nothing of the others.
_AMENDED_TITLES = """
CREATE TEMP VIEW titles AS SELECT item, language, title FROM main.titles WHERE item NOT IN
    (SELECT r.item FROM main.records AS r JOIN temp.amended AS a USING (record_id) WHERE a.title IS NOT NULL);
"""


class RecordsFile:
    """The open SQLite file of a bundle's records. Any thread may call every method."""

    def __init__(self, path: Path, notices: Notices | None = None) -> None:
        """Open a records file, read-only.

        Args:
            path: The file.
            notices: Withdrawn works, which are hidden as if they were not in the file, and corrected texts.

        Raises:
            BundleDamagedError: When it isn't a SQLite file with our schema.
        """
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = self._connect()
        except sqlite3.Error as error:
            raise self.damaged(error) from error
        try:
            self._complete_schema(notices if notices is not None and not notices.is_empty else None)
            self._check_schema()
        except BundleDamagedError:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file; the object can't be used afterwards."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Return all rows of a query.

        Raises:
            BundleDamagedError: When SQLite can't answer it.
        """
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except (
            sqlite3.Error,
            UnicodeError,
        ) as error:  # UnicodeError: text that is not UTF-8, in the query or the file
            raise self.damaged(error) from error

    def damaged(self, found: object) -> BundleDamagedError:
        """Return the error that names the file and what was found in it."""
        line = " ".join(str(found).split())[:200]  # SQLite quotes a damaged schema in full
        return BundleDamagedError(
            f"{self._path}: expected a records file, found {line}; fetch the bundle again"
        )

    def _connect(self) -> sqlite3.Connection:
        # Both are needed. `immutable` alone may create a file. `mode=ro` alone fails on a read-only folder when the
        # writer left the file in WAL mode.
        uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, check_same_thread=False)

    def _complete_schema(self, notices: Notices | None) -> None:
        is_older = self.rows("PRAGMA user_version")[0][0] < 2
        try:
            self._connection.execute("PRAGMA temp_store = MEMORY")
            if notices is not None:
                self._apply(notices)
            if is_older:
                self._connection.executescript(_SINCE_VERSION_2)
            elif notices is not None:
                self._connection.executescript(_AMENDED_TITLES)
        except (sqlite3.Error, UnicodeError) as error:
            raise self.damaged(error) from error

    def _apply(self, notices: Notices) -> None:
        connection = self._connection
        connection.executescript(_NOTICES_SCHEMA)
        connection.executemany(
            "INSERT INTO withdrawn VALUES (?)", [(each,) for each in notices.withdrawn]
        )
        marks = ", ".join("?" * (1 + len(AMENDABLE)))
        connection.executemany(
            f"INSERT INTO amended VALUES ({marks})",
            [(key, *map(texts.get, AMENDABLE)) for key, texts in notices.amended.items()],
        )
        names = ", ".join(SEARCHED)
        connection.execute(
            f"""INSERT INTO amended_texts (rowid, {names}) SELECT item, {names} FROM records
                WHERE record_id IN (SELECT record_id FROM amended)"""
        )
        connection.commit()

    def _check_schema(self) -> None:
        self.rows("PRAGMA query_only = ON")
        self.rows("PRAGMA trusted_schema = OFF")
        found = self.rows("PRAGMA application_id")[0][0]
        if found != _APPLICATION_ID:
            raise self.damaged(f"application id {found}")
        for probe in _PROBES:
            self.rows(probe)
