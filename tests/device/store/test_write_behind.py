"""Blocks are written in order in another thread; a failure is raised and leaves no gap."""

import errno
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from device.errors import SourceError
from device.store.atomic_files import PartialFile
from device.store.write_behind import WriteBehind


class Failing(PartialFile):
    """A partial file on a disk that is full at one write, and has space again at the next."""

    def __init__(self, path: Path, fails_at: int) -> None:
        super().__init__(path)
        self.left = fails_at

    def _write_some(self, data: memoryview) -> int:
        self.left -= 1
        if self.left == -1:
            raise OSError(errno.ENOSPC, "full")
        return super()._write_some(data)


class Slow(PartialFile):
    """A partial file on a card that writes nothing until `let` is set."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.let = threading.Event()

    def _write_some(self, data: memoryview) -> int:
        assert self.let.wait(20)
        return super()._write_some(data)


@pytest.mark.slow
@given(blocks=some.lists(some.binary(min_size=1, max_size=50), max_size=60))
def test_all_is_written_in_order(
    blocks: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("behind") / "part"
    with PartialFile(path) as part, WriteBehind(part, 0) as behind:
        for block in blocks:
            behind.write(block)

    assert path.read_bytes() == b"".join(blocks)


@pytest.mark.parametrize("count", [4, 100])
def test_a_failure_is_raised_and_nothing_is_written_after_it(tmp_path: Path, count: int) -> None:
    with (
        pytest.raises(OSError, match="full"),
        Failing(tmp_path / "part", fails_at=2) as part,
        WriteBehind(part, 0) as behind,
    ):
        for number in range(count):
            behind.write(bytes([number]))

    assert (tmp_path / "part").read_bytes() == b"\x00\x01"


def test_received_blocks_are_written_when_the_source_stops(tmp_path: Path) -> None:
    with (
        pytest.raises(SourceError),
        Slow(tmp_path / "part") as part,
        WriteBehind(part, 0) as behind,
    ):
        behind.write(b"arrived")
        part.let.set()
        raise SourceError("stopped")

    assert (tmp_path / "part").read_bytes() == b"arrived"


def test_writing_waits_for_a_slow_card(tmp_path: Path) -> None:
    handed = []
    with Slow(tmp_path / "part") as part, WriteBehind(part, 0) as behind:

        def hand_over() -> None:
            for number in range(40):
                behind.write(bytes([number]))
                handed.append(number)

        reader = threading.Thread(target=hand_over)
        reader.start()
        reader.join(0.5)
        assert reader.is_alive() and len(handed) < 40
        part.let.set()
        reader.join(20)

    assert (tmp_path / "part").read_bytes() == bytes(range(40))
