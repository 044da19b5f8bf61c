"""A download is limited in size, resumes after an interruption, writes each byte once."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.bundle.manifest import FileEntry
from device.errors import SourceError, UntrustedError
from device.store import write_behind
from device.store.atomic_files import AtomicFiles, PartialFile
from device.store.fetch import fetch
from device.store.source import Stream

DATA = os.urandom(100_000)
ENTRY = FileEntry(path="file", sha256=hashlib.sha256(DATA).hexdigest(), size_bytes=len(DATA))


class Given:
    """A source of given bytes that stops after `cut` of them."""

    def __init__(self, data: bytes = DATA, cut: int | None = None) -> None:
        self._data, self._cut, self.asked = data, cut, []  # type: ignore[var-annotated]

    @property
    def name(self) -> str:
        return "here"

    def open(self, path: str, offset: int = 0) -> Stream:
        self.asked.append(offset)
        return Stream(offset=offset, blocks=self._blocks(offset), close=lambda: None)

    def _blocks(self, offset: int) -> Iterator[bytes]:
        for begin in range(offset, len(self._data), 7000):
            if self._cut is not None and begin >= self._cut:
                raise SourceError("gone")
            yield self._data[begin : begin + 7000]


class Counting(AtomicFiles):
    """Counts the bytes written, and how often they are forced to the disk."""

    def __init__(self) -> None:
        self.written = self.synced = 0

    def open_partial(self, path: Path) -> PartialFile:
        counting = self

        class Counted(PartialFile):
            def write(self, data: bytes) -> None:
                counting.written += len(data)
                super().write(data)

            def sync(self) -> None:
                counting.synced += 1
                super().sync()

        return Counted(path)


def test_every_byte_is_written_once_despite_interruptions(tmp_path: Path) -> None:
    files, part = Counting(), tmp_path / "part"
    for cut in (1, 7000, 30_000, 70_000):
        with pytest.raises(SourceError):
            fetch(ENTRY, Given(cut=cut), part, files)
    told: list[int] = []
    last = Given()
    fetch(ENTRY, last, part, files, told.append)

    assert part.read_bytes() == DATA
    assert files.written == len(DATA)
    assert last.asked == [70_000]
    assert told[-1] == len(DATA)


def test_a_complete_partial_file_is_not_requested_again(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(DATA)
    source, files = Given(), Counting()
    fetch(ENTRY, source, tmp_path / "part", files)

    assert (source.asked, files.written, files.synced) == ([], 0, 1)


@pytest.mark.parametrize("existing", [DATA[:-1] + b"x", b"x" * 500, DATA + b"more"])
def test_a_damaged_partial_file_is_fetched_again(tmp_path: Path, existing: bytes) -> None:
    (tmp_path / "part").write_bytes(existing)
    fetch(ENTRY, Given(), tmp_path / "part", AtomicFiles())

    assert (tmp_path / "part").read_bytes() == DATA


def test_a_link_in_place_of_the_partial_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"kept")
    (tmp_path / "part").symlink_to(tmp_path / "other")
    fetch(ENTRY, Given(), tmp_path / "part", AtomicFiles())

    assert (tmp_path / "other").read_bytes() == b"kept"
    assert (tmp_path / "part").read_bytes() == DATA


@pytest.mark.parametrize("data", [DATA + b"x", b"x" * len(DATA), b"x" * 10 * len(DATA)])
@pytest.mark.parametrize("existing", [b"", DATA[:500]])
def test_unsigned_bytes_are_refused_and_removed(
    tmp_path: Path, data: bytes, existing: bytes
) -> None:
    if existing:
        (tmp_path / "part").write_bytes(existing)
    with pytest.raises(UntrustedError, match="doesn't match its signed sha256"):
        fetch(ENTRY, Given(data), tmp_path / "part", AtomicFiles())

    assert not (tmp_path / "part").exists()


def test_a_truncated_download_is_kept_for_the_next_sync(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="sync again to resume"):
        fetch(ENTRY, Given(DATA[:-9]), tmp_path / "part", AtomicFiles())

    assert (tmp_path / "part").read_bytes() == DATA[:-9]


def test_an_empty_file_is_fetched(tmp_path: Path) -> None:
    empty = FileEntry(path="file", sha256=hashlib.sha256(b"").hexdigest(), size_bytes=0)
    fetch(empty, Given(b""), tmp_path / "part", AtomicFiles())

    assert (tmp_path / "part").read_bytes() == b""


def test_received_bytes_are_forced_to_the_disk_regularly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_behind, "SYNC_BYTES", 25_000)
    files = Counting()
    fetch(ENTRY, Given(), tmp_path / "part", files)

    assert files.synced == len(DATA) // 25_000 + 1
