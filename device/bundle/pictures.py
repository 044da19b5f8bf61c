"""A bundle's pictures: two sizes of each picture of a record, in uncompressed zip files.

A record's shard depends only on its id, so ten prints added to a large collection change few files.
"""

import hashlib
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from device.bundle import layout
from device.errors import BundleDamagedError, UnknownRecordError

Size = Literal["thumb", "screen"]
# The longer side in pixels. A card on the screen is 20 to 30 mm wide: at most 170 px at 5.9 px/mm, twice that on a
# phone. The large picture fills the height of a 1280x720 screen and is still sharp on one of 1080 lines.
SIDES: dict[Size, int] = {"thumb": 256, "screen": 1080}
MEDIA_TYPE = "image/webp"
# No picture with sides of this length is larger; one that claims to be would fill the memory.
_MAX_BYTES = 16 << 20


def shard_of(record_id: str, shards: int) -> int:
    """Return the number of the shard that holds a record's pictures."""
    return int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:4], "big") % shards


def member(record_id: str, size: Size, position: int = 0) -> str:
    """Return the name of a record's picture in its shard, the id quoted as in a URL.

    Args:
        record_id: The record's id.
        size: The picture's size.
        position: Which of the record's pictures; 0 is its first.
    """
    number = f"/{position}" if position else ""
    return f"{size}/{quote(record_id, safe='')}{number}.webp"


class Pictures:
    """The pictures of one open bundle. Every method may be called from any thread."""

    def __init__(
        self, bundle: Path, *, shards: int, withdrawn: Collection[str] = frozenset()
    ) -> None:
        """Open all shards of a bundle.

        Args:
            bundle: The bundle's folder.
            shards: How many the manifest names; a stray zip file in the folder must not change the assignment.
            withdrawn: Ids of records whose pictures must not be shown.

        Raises:
            BundleDamagedError: When a shard is missing or is not a zip file.
        """
        self._withdrawn = frozenset(withdrawn)
        self._shards: list[zipfile.ZipFile] = []
        for number in range(shards):
            path = bundle / layout.picture_shard(number)
            try:
                self._shards.append(zipfile.ZipFile(path))
            except (OSError, ValueError, zipfile.BadZipFile) as error:
                self.close()
                raise BundleDamagedError(
                    f"{path}: expected a shard of pictures, found {error}; fetch the bundle again"
                ) from error

    def close(self) -> None:
        """Close all shards."""
        for shard in self._shards:
            shard.close()

    def get(self, record_id: str, size: Size, position: int = 0) -> bytes:
        """Return a record's picture as WebP.

        Args:
            record_id: The record's id.
            size: The picture's size.
            position: Which of the record's pictures; 0 is its first.

        Raises:
            UnknownRecordError: When the bundle has no such picture of the record, or the record is withdrawn.
            BundleDamagedError: When the picture can't be read, or the bundle was closed.
        """
        if record_id in self._withdrawn:
            raise _unknown(record_id)
        try:
            shard = self._shards[shard_of(record_id, len(self._shards))]
            name = member(record_id, size, position)
        except (UnicodeEncodeError, ZeroDivisionError) as error:
            raise _unknown(record_id) from error
        try:
            info = shard.getinfo(name)
            if info.compress_type != zipfile.ZIP_STORED or info.file_size > _MAX_BYTES:
                raise ValueError("expected an uncompressed picture of a few hundred kB")
            return shard.read(info)
        except KeyError as error:
            raise _unknown(record_id) from error
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise BundleDamagedError(
                f"picture of {record_id!r}: can't be read from {shard.filename} ({error}); fetch the bundle again"
            ) from error


def _unknown(record_id: str) -> UnknownRecordError:
    return UnknownRecordError(f"record {record_id!r} has no picture in this bundle")
