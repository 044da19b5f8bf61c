"""Where updates come from: a web server, or a folder such as a stick. Bytes by path and offset, and nothing believed.

What is signed and how long it may be is others' business; here a source can't lead anywhere else, can't stall for
ever, and can't hand out anything but plain bytes. The only home of urllib3.
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

CHUNK_BYTES = 1 << 18
TIMEOUT_S = 30.0
# A server that gives less than this over so long is as good as gone.
SLOWEST_BYTES_S, PATIENCE_S = 256, 60.0
# A stick may hold the museum's other things as well.
STICK_FOLDER = "printkiosk"


class MissingFileError(SourceError, FileNotFoundError):
    """The source has no such file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A file being read.

    Attributes:
        offset: Where the bytes begin: as asked, or 0 from a server that can't begin in the middle.
        chunks: The bytes, in pieces; raises `SourceError` when they stop coming.
        close: Lets go of the file.
    """

    offset: int
    chunks: Iterator[bytes]
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
    """Files by path, as a repository names them."""

    @property
    def name(self) -> str:
        """What staff know it by."""

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Begin to read a file.

        Args:
            path: As a repository names it.
            offset: Where to begin.
            length: How much is wanted; more may come. `None` for all.

        Raises:
            MissingFileError: When there is none.
            SourceError: When it can't be read.
        """


def choose(text: str) -> BundleSource:
    """Give the source that a setting or a command line names: an http(s) address, or a folder.

    Raises:
        NotSetUpError: When it names none, or another kind of address.
    """
    scheme = urlsplit(text).scheme if "://" in text else ""
    if scheme in ("http", "https"):
        return HttpSource(text)
    if not text or scheme:
        raise NotSetUpError(
            f"expected an http(s) address or a folder to fetch updates from, found {text!r}; "
            "name one, or set it in kiosk.toml under [sync] source"
        )
    return FolderSource(Path(text))


class FolderSource:
    """A repository in a folder; nothing in it can lead outside, be anything but a file, or make us wait."""

    def __init__(self, folder: Path, *, called: str = "") -> None:
        """Look into a folder, or the `printkiosk` folder in it when the repository is there.

        Args:
            folder: Where it lies.
            called: What staff know it by; empty for its path.
        """
        inside = folder / STICK_FOLDER
        is_inside = not _is_folder(folder / repository_layout.METADATA) and _is_folder(inside)
        self._folder = inside if is_inside else folder
        self._called = called

    @property
    def name(self) -> str:
        """The folder, or what it is called."""
        return self._called or str(self._folder)

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Begin to read a file of the folder; whoever wants a part of it reads no further."""
        try:
            file = os.fdopen(_open_beneath(self._folder, path), "rb", buffering=0)
        except FileNotFoundError as error:
            raise MissingFileError(
                f"{self.name}: has no {path}; is it this museum's stick?"
            ) from error
        except OSError as error:
            raise self._stopped(path, error) from error
        return Stream(offset=offset, chunks=self._read(file, path, offset), close=file.close)

    def _read(self, file: io.FileIO, path: str, offset: int) -> Iterator[bytes]:
        try:
            file.seek(offset)
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
        except OSError as error:
            raise self._stopped(path, error) from error

    def _stopped(self, path: str, error: OSError) -> SourceError:
        return SourceError(
            f"{self.name}: {path} can't be read ({error.strerror or error}); was the stick pulled? put it in again"
        )


def _is_folder(path: Path) -> bool:
    """Whether a folder is there and can be looked at; what is wrong with a stick is told once it is read."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _open_beneath(folder: Path, path: str) -> int:
    """Open a plain file below a folder without following a link on the way."""
    way = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    parts = path.split("/")
    for part in parts:
        is_last = part is parts[-1]
        kind = os.O_NONBLOCK if is_last else os.O_DIRECTORY
        try:
            if part in ("", ".", ".."):
                raise OSError(f"{path!r} leads outside")
            inner = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | kind, dir_fd=way)
        finally:
            os.close(way)
        way = inner
    if not stat.S_ISREG(os.fstat(way).st_mode):
        os.close(way)
        raise OSError(f"{path!r} is no plain file")
    return way


class HttpSource:
    """A repository on a web server. Never redirected, never decompressed, never waited for without end."""

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to ask a server; nothing is asked yet.

        Args:
            address: Of the repository; a query or a user name is not part of it.
            timeout_s: How long a server may say nothing.
            clock: Monotonic seconds.
        """
        self._address = address.rstrip("/")
        self._clock = clock
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout_s)

    @property
    def name(self) -> str:
        """The address."""
        return self._address

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Begin to read a file of the server."""
        headers = {"Accept-Encoding": "identity"}
        is_part = bool(offset) or length is not None
        if is_part:
            headers["Range"] = f"bytes={offset}-{'' if length is None else offset + length - 1}"
        address = f"{self._address}/{path}"
        try:
            answer = self._pool.request(
                "GET", address, headers=headers, preload_content=False, redirect=False
            )
        except (HTTPError, ValueError) as error:
            raise self._gone(path, error) from error
        if answer.status == 416 and offset:  # there is nothing so far in: from the start, then
            answer.close()
            return self.open(path)
        try:
            begins = self._begins(answer, path, offset, is_part)
        except SourceError:
            answer.close()
            raise
        return Stream(offset=begins, chunks=self._read(answer, path), close=answer.close)

    def _begins(
        self, answer: urllib3.BaseHTTPResponse, path: str, offset: int, is_part: bool
    ) -> int:
        """Give where an answer's bytes begin."""
        if answer.status in (403, 404, 410):
            raise MissingFileError(
                f"{self.name}: has no {path}; see the address, and what was published"
            )
        if answer.status == 200:
            return 0
        # A server may answer a part of the file, but then only the part that was asked for.
        if answer.status == 206 and is_part:
            if answer.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                return offset
            raise SourceError(f"{self.name}: gave another part of {path} than was asked for")
        raise SourceError(
            f"{self.name}: expected {path}, found HTTP status {answer.status}; "
            "a page to log in to the network first? see the address"
        )

    def _read(self, answer: urllib3.BaseHTTPResponse, path: str) -> Iterator[bytes]:
        since_s, got = self._clock(), 0
        try:
            for chunk in answer.stream(CHUNK_BYTES, decode_content=False):
                yield chunk
                got += len(chunk)
                waited_s = self._clock() - since_s
                if waited_s > PATIENCE_S:
                    if got < SLOWEST_BYTES_S * waited_s:
                        raise SourceError(
                            f"{self.name}: gave {got} bytes of {path} in {waited_s:.0f} s; sync again later"
                        )
                    since_s, got = self._clock(), 0
        except HTTPError as error:
            raise self._gone(path, error) from error

    def _gone(self, path: str, error: Exception) -> SourceError:
        reason = " ".join(str(error).split())
        return SourceError(
            f"{self.name}: {path} can't be fetched ({reason}); see the network, sync again later"
        )
