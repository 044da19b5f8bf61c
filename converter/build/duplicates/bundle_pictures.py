"""List the pictures of a bundle, of which a record may have several."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from device.bundle import layout
from device.bundle.reader import OpenedBundle
from device.errors import BundleDamagedError


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePicture:
    """One picture whose local features are in a bundle.

    Attributes:
        row: Number of its local features in the bundle's `details`, from 0.
        item: Item of the record that it belongs to.
        position: Which of the record's pictures; 0 is its first.
        record_id: Id of that record.
        sha256: Hash of the museum's picture file, in hex.
        is_shown: Whether the bundle has the picture itself, too.
    """

    row: int
    item: int
    position: int
    record_id: str
    sha256: str
    is_shown: bool


def list_pictures(bundle: OpenedBundle) -> tuple[BundlePicture, ...]:
    """Return all pictures of a bundle, by row.

    Raises:
        BundleDamagedError: When the records file can't be read.
    """
    path = bundle.file(layout.RECORDS)
    rows = bundle.picture_rows
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            records = connection.execute(
                "SELECT record_id, image_sha256, show_picture FROM records ORDER BY item"
            ).fetchall()
            # Format 1 has one picture a record, and no such table.
            statement = "SELECT image_sha256 FROM more_pictures ORDER BY picture"
            further = connection.execute(statement).fetchall() if rows.further else []
    except sqlite3.Error as error:
        raise BundleDamagedError(
            f"{path}: expected a records file, found {error}; fetch the bundle again"
        ) from error
    files = [file for _, file, _ in records] + [file for (file,) in further]
    return tuple(
        BundlePicture(
            row=row,
            item=rows.item_of(row),
            position=rows.position_of(row),
            record_id=records[rows.item_of(row)][0],
            sha256=file,
            is_shown=bool(records[rows.item_of(row)][2]),
        )
        for row, file in enumerate(files)
    )


def load_thumbnail(bundle: OpenedBundle, picture: BundlePicture) -> bytes | None:
    """Return a small picture as WebP; `None` if it may not be shown.

    Raises:
        BundleDamagedError: When it can't be read.
    """
    if not picture.is_shown:
        return None
    return bundle.pictures.get(picture.record_id, "thumb", picture.position)
