"""Sources of updates, a web server or a folder: unverified bytes by path and offset.

Signatures and size limits are checked elsewhere. This module ensures that a source can't redirect, can't stall
forever, and delivers only plain bytes. The only module that imports urllib3.
"""

import io
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from device.bundle import repository_layout
from device.errors import NotSetUpError, SourceError

BLOCK_BYTES = 1 << 18
TIMEOUT_S = 30.0
# A server that delivers fewer bytes per second than this, over this many seconds, is given up.
MIN_BYTES_PER_S, MIN_SPEED_WINDOW_S = 256, 60.0
# A repository may lie in this folder, so that a stick can have other files too.
STICK_FOLDER = "printkiosk"


class MissingFileError(SourceError, FileNotFoundError):
    """The source of updates has no file at the requested path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """An open file of a source.

    Attributes:
        offset: Offset of the first byte: the requested one, or 0 from a server that can't serve a range.
        blocks: The bytes, in blocks; raises `SourceError` when reading fails.
        close: Closes the file.
    """

    offset: int
    blocks: Iterator[bytes]
    close: Callable[[], None]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class BundleSource(Protocol):
    """A repository's files, read by path."""

    @property
    def name(self) -> str:
        """The source's name for staff."""

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Open a file for reading.

        Args:
            path: Path in the repository.
            offset: Offset of the first byte to read.
            length: Number of bytes to read, though more may come; `None` for all.

        Raises:
            MissingFileError: When the source has no such file.
            SourceError: When it can't be read.
        """


def source_from(text: str) -> BundleSource:
    """Return the source for a setting or argument: an http(s) address, or a folder.

    Raises:
        NotSetUpError: When the text is empty or another kind of address.
    """
    scheme = urlsplit(text).scheme if "://" in text else ""
    if scheme in ("http", "https"):
        return HttpSource(text)
    if not text or scheme:
        raise NotSetUpError(
            f"expected an http(s) address or a folder to fetch updates from, found {text!r}; "
            "pass one, or set source under [sync] in kiosk.toml"
        )
    return FolderSource(Path(text))


class FolderSource:
    """A repository in a folder: only plain files in it are read, no links, pipes or devices."""

    def __init__(self, folder: Path, *, label: str = "") -> None:
        """Use a folder, or its `printkiosk` folder if the repository is there.

        Args:
            folder: The folder, such as the stick's mount point.
            label: The source's name for staff; empty for its path.
        """
        inside = folder / STICK_FOLDER
        is_inside = not _is_folder(folder / repository_layout.METADATA) and _is_folder(inside)
        self._folder = inside if is_inside else folder
        self._label = label

    @property
    def name(self) -> str:
        """The label, or the folder's path without one."""
        return self._label or str(self._folder)

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Open a file of the folder; `length` is ignored, so the caller stops reading."""
        try:
            file = os.fdopen(_open_beneath(self._folder, path), "rb", buffering=0)
        except FileNotFoundError as error:
            raise MissingFileError(
                f"{self.name}: has no {path}; check that this is the museum's stick"
            ) from error
        except OSError as error:
            raise self._read_error(path, error) from error
        return Stream(offset=offset, blocks=self._read(file, path, offset), close=file.close)

    def _read(self, file: io.FileIO, path: str, offset: int) -> Iterator[bytes]:
        try:
            file.seek(offset)
            while block := file.read(BLOCK_BYTES):
                yield block
        except OSError as error:
            raise self._read_error(path, error) from error

    def _read_error(self, path: str, error: OSError) -> SourceError:
        return SourceError(
            f"{self.name}: {path} can't be read ({error.strerror or error}); if the stick was pulled, put it in again"
        )


def _is_folder(path: Path) -> bool:
    """Return whether this is a readable folder; errors are reported when a file is read."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _open_beneath(folder: Path, path: str) -> int:
    """Return the descriptor of a plain file below a folder, opened without following links."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    parts = path.split("/")
    for part in parts:
        is_last = part is parts[-1]
        kind = os.O_NONBLOCK if is_last else os.O_DIRECTORY
        try:
            if part in ("", ".", ".."):
                raise OSError(f"{path!r} leads outside")
            inner = os.open(
                part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | kind, dir_fd=descriptor
            )
        finally:
            os.close(descriptor)
        descriptor = inner
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path!r} is no plain file")
    return descriptor


class HttpSource:
    """A repository on a web server, without redirects, decompression or endless waits."""

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare a connection pool, without connecting yet.

        Args:
            address: The repository's address, without a query or a user name.
            timeout_s: How long to wait for the server's next bytes.
            clock: Clock of monotonic seconds.
        """
        self._address = address.rstrip("/")
        self._clock = clock
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout_s)

    @property
    def name(self) -> str:
        """The server's address."""
        return self._address

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Open a file of the server."""
        headers = {"Accept-Encoding": "identity"}
        is_part = bool(offset) or length is not None
        if is_part:
            headers["Range"] = f"bytes={offset}-{'' if length is None else offset + length - 1}"
        address = f"{self._address}/{path}"
        try:
            response = self._pool.request(
                "GET", address, headers=headers, preload_content=False, redirect=False
            )
        except (HTTPError, ValueError) as error:
            raise self._fetch_error(path, error) from error
        if (
            response.status == 416 and offset
        ):  # the file is shorter than the offset: read from the start
            response.close()
            return self.open(path)
        try:
            first_offset = self._first_offset(response, path, offset, is_part)
        except SourceError:
            response.close()
            raise
        return Stream(offset=first_offset, blocks=self._read(response, path), close=response.close)

    def _first_offset(
        self, response: urllib3.BaseHTTPResponse, path: str, offset: int, is_part: bool
    ) -> int:
        """Check a response's status and return the offset of its first byte."""
        if response.status in (403, 404, 410):
            raise MissingFileError(
                f"{self.name}: has no {path}; check the address, and that a bundle was published there"
            )
        if response.status == 200:
            return 0
        # A server may send a part of the file, but only the requested part.
        if response.status == 206 and is_part:
            if response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                return offset
            raise SourceError(
                f"{self.name}: sent another part of {path} than requested; check the server"
            )
        raise SourceError(
            f"{self.name}: expected {path}, found HTTP status {response.status}; "
            "check the address, and whether the network needs a login first"
        )

    def _read(self, response: urllib3.BaseHTTPResponse, path: str) -> Iterator[bytes]:
        since_s, got = self._clock(), 0
        try:
            for block in response.stream(BLOCK_BYTES, decode_content=False):
                yield block
                got += len(block)
                waited_s = self._clock() - since_s
                if waited_s > MIN_SPEED_WINDOW_S:
                    if got < MIN_BYTES_PER_S * waited_s:
                        raise SourceError(
                            f"{self.name}: sent only {got} bytes of {path} in {waited_s:.0f} s; sync again later"
                        )
                    since_s, got = self._clock(), 0
        except HTTPError as error:
            raise self._fetch_error(path, error) from error

    def _fetch_error(self, path: str, error: Exception) -> SourceError:
        reason = " ".join(str(error).split())
        return SourceError(
            f"{self.name}: {path} can't be fetched ({reason}); check the network, then sync again"
        )
