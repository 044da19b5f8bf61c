"""Open an export's text file, and explain what its encoding must be.

Knows encodings and nothing of what the text holds. A file packed by gzip is unpacked on the way.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from converter.errors import CollectionError

_HEAD = 4096
_PIECE = 1 << 20  # bytes read at a time while looking for a wrong byte
_GZIP = b"\x1f\x8b"
# Encodings of Windows, old Macs and DOS, the most frequent first.
_OLDER = ("cp1252", "mac_roman", "cp850")
_LETTERS = frozenset("äöüÄÖÜßéèêëàâçîïôûùáíóúñåøæœÉÈÀÇØÅ")
_SIGNS = frozenset("«»–—‘’“”„©®°")


def read_head(path: Path, length: int = _HEAD) -> bytes:
    """Return the first bytes of a file, unpacked if it is packed by gzip.

    Raises:
        CollectionError: When it can't be read.
    """
    try:
        with _opened_bytes(path) as file:
            return file.read(length)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from error


def detect_encoding(head: bytes) -> str:
    """Return the encoding that first bytes show: UTF-16 with or without mark, else UTF-8."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    # Excel's "Unicode text" is UTF-16; its "CSV UTF-8" starts with a byte order mark, which is not part of the first name.
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 8 and min(even, odd) <= max(even, odd) // 8:
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8-sig"


@contextmanager
def opened(path: Path, encoding: str, *, section: str = "") -> Iterator[io.TextIOBase]:
    """Open a text file with the line ends that it has.

    Args:
        path: The file.
        encoding: Its encoding.
        section: Section of `collection.toml` whose key `encoding` changes it; empty where there is none.

    Raises:
        CollectionError: When it can't be read, or isn't text in this encoding.
    """
    try:
        with (
            _opened_bytes(path) as file,
            io.TextIOWrapper(file, encoding=encoding, newline="") as text,
        ):
            yield text
    except LookupError as error:
        raise CollectionError(
            f"{path}: encoding {encoding!r} isn't known; name another in collection.toml, "
            f'such as [{section}] encoding = "cp1252"'
        ) from error
    except UnicodeError as error:
        raise CollectionError(
            f"{path}: {_encoding_fault(path, encoding, error, section)}"
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from error


@contextmanager
def _opened_bytes(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP
        file.seek(0)
        yield cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_packed else file


def _unreadable(path: Path, error: Exception) -> CollectionError:
    if isinstance(error, FileNotFoundError):
        return CollectionError(f"{path}: expected a table, found none")
    reason = error.strerror if isinstance(error, OSError) else None
    return CollectionError(
        f"{path}: expected a table, found a file that can't be read ({reason or error}); copy or export it again"
    )


@dataclass(slots=True, kw_only=True)
class _Accents:
    """What the lines of a file that aren't plain ASCII look like.

    Attributes:
        good: Number of them that are UTF-8.
        line, first, start: Number, bytes and position of the first that isn't; 0 for none.
        high: The bytes above ASCII of those that aren't.
    """

    good: int = 0
    line: int = 0
    first: bytes = b""
    start: int = 0
    high: bytes = b""

    def add(self, number: int, line: bytes) -> None:
        try:
            line.decode("utf-8")
            self.good += 1
        except UnicodeDecodeError as error:
            if not self.line:
                self.line, self.first, self.start = number, line, error.start
            if len(self.high) < _PIECE:
                self.high += bytes(byte for byte in line if byte > 127)


def _encoding_fault(path: Path, encoding: str, error: UnicodeError, section: str) -> str:
    if encoding.removesuffix("-sig") != "utf-8" or not isinstance(error, UnicodeDecodeError):
        advice = "save it as UTF-8, or name its encoding" if section else "save it as UTF-8"
        key = f' in collection.toml, such as [{section}] encoding = "utf-8"' if section else ""
        return f"expected text in {encoding}, found {_bad_bytes(error)}; {advice}{key}"
    seen = _survey(path)
    older = max(_OLDER, key=lambda name: _likeness(seen.high, name))
    around = seen.first[max(seen.start - 20, 0) : seen.start + 20]
    found = (
        f"line {seen.line}: expected text in utf-8, found byte 0x{seen.first[seen.start]:02x} after "
        f"{_shown(seen.first[max(seen.start - 20, 0) : seen.start], older)!r}"
    )
    reading = f"in {older} it reads {_shown(around, older)!r}"
    if seen.good:
        return (
            f"{found}, while {seen.good} other lines are utf-8 ({reading}); "
            "save the whole file in a single encoding"
        )
    key = f', or name its encoding in collection.toml: [{section}] encoding = "{older}"'
    return f"{found} ({reading}); save it as UTF-8{key if section else ''}"


def _survey(path: Path) -> _Accents:
    seen, number = _Accents(), 0
    with _opened_bytes(path) as file:
        while piece := file.readline(_PIECE):
            for line in piece.splitlines():
                number += 1
                if not line.isascii():
                    seen.add(number, line)
    return seen


def _likeness(high: bytes, encoding: str) -> int:
    text = high.decode(encoding, "replace")
    return sum(2 * (sign in _LETTERS) + (sign in _SIGNS) for sign in text)


def _shown(data: bytes, encoding: str) -> str:
    return data.decode(encoding, "replace")


def _bad_bytes(error: UnicodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        near = error.object[max(error.start - 20, 0) : error.start].decode(
            error.encoding, "replace"
        )
        return f"byte 0x{error.object[error.start]:02x} after {near!r}"
    return str(error)
