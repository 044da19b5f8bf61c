"""The pictures a bundle shows: two sizes a record, in uncompressed zip files that any tool opens.

A record's shard depends on its id alone, so that ten prints added to a large collection change few files.
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
# The longer side in pixels. A card on the screen is 20 to 30 mm wide (at most 170 px at 5.9 px/mm, twice
# that on a phone); the large picture fills a 1280x720 screen's height and leaves something to see on 1080.
SIDES: dict[Size, int] = {"thumb": 256, "screen": 1080}
MEDIA_TYPE = "image/webp"
# No picture of such a side is as large; what says it is would fill the memory.
_MOST_BYTES = 16 << 20


def shard_of(record_id: str, shards: int) -> int:
    """Give the number of the shard that holds a record's pictures."""
    return int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:4], "big") % shards


def member(record_id: str, size: Size) -> str:
    """Give the name of a record's picture inside its shard; ids are quoted as in a URL."""
    return f"{size}/{quote(record_id, safe='')}.webp"


class Pictures:
    """The pictures of one open bundle; every method may be called from any thread."""

    def __init__(
        self, bundle: Path, *, shards: int, withdrawn: Collection[str] = frozenset()
    ) -> None:
        """Open all shards of a bundle.

        Args:
            bundle: The bundle's folder.
            shards: How many the manifest names; a stray zip file in the folder must not shift the others.
            withdrawn: Ids of records whose pictures are there and may be shown no more.

        Raises:
            BundleDamagedError: When a shard is missing from the sequence or is no zip file.
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

    def get(self, record_id: str, size: Size) -> bytes:
        """Give a record's picture as WebP.

        Raises:
            UnknownRecordError: When the bundle holds no picture of it, or it was withdrawn.
            BundleDamagedError: When the picture can't be read, or the bundle was closed.
        """
        if record_id in self._withdrawn:
            raise _unknown(record_id)
        try:
            shard = self._shards[shard_of(record_id, len(self._shards))]
            name = member(record_id, size)
        except (UnicodeEncodeError, ZeroDivisionError) as error:
            raise _unknown(record_id) from error
        try:
            info = shard.getinfo(name)
            if info.compress_type != zipfile.ZIP_STORED or info.file_size > _MOST_BYTES:
                raise ValueError("expected a stored picture of a few hundred kB")
            return shard.read(info)
        except KeyError as error:
            raise _unknown(record_id) from error
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise BundleDamagedError(
                f"picture of {record_id!r}: can't be read from {shard.filename} ({error}); fetch the bundle again"
            ) from error


def _unknown(record_id: str) -> UnknownRecordError:
    return UnknownRecordError(f"record {record_id!r} has no picture in this bundle")
