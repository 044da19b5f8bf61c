"""A disk in a file that logs every write and every flush that reaches it.

It implements the kernel's FUSE protocol for one regular file, so it needs neither a library nor a kernel module. Mounted over
a file and set up as a loop device, it is an ordinary disk to ext4. Run it as a process of its own: `logged_disk.py FILE LOG`.
FILE is both the content of the disk and its mount point.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class Call(IntEnum):
    """The kernel's requests, by their numbers in <linux/fuse.h>."""

    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    OPEN = 14
    READ = 15
    WRITE = 16
    STATFS = 17
    RELEASE = 18
    FSYNC = 20
    FLUSH = 25
    INIT = 26
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42


_WITHOUT_ANSWER = {Call.FORGET, Call.INTERRUPT, Call.BATCH_FORGET}
_IN, _OUT = struct.Struct("<IIQQIIIHH"), struct.Struct("<IiQ")
_ATTR = struct.Struct("<QQQQQQIIIIIIIIII")
_MOST_BYTES = 128 << 10
_BIG_WRITES = 1 << 5
_RECORD = struct.Struct("<QI")
_IS_FLUSH = 2**64 - 1
_MOUNT_FLAGS = 2 | 4  # neither setuid nor devices


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes written to a disk, and their offset."""

    offset: int
    data: bytes


# A flush: all writes before it are on the medium.
FLUSH = None
Event = Write | None


def events(log: Path) -> Iterator[tuple[int, Event]]:
    """Yield what reached a disk, each event with the length of the log after it."""
    with log.open("rb") as file:
        while head := file.read(_RECORD.size):
            offset, length = _RECORD.unpack(head)
            data = file.read(length)
            yield file.tell(), FLUSH if offset == _IS_FLUSH else Write(offset, data)


class _Disk:
    """Answers the kernel's requests for one file."""

    def __init__(self, content: int, log: int, device: int) -> None:
        self._content, self._log, self._device = content, log, device
        self._size = os.fstat(content).st_size

    def serve(self) -> None:
        """Answer requests until the disk is unmounted."""
        while True:
            try:
                request = os.read(self._device, _MOST_BYTES + 4096)
            except OSError as error:
                if error.errno in (errno.EINTR, errno.EAGAIN, errno.ENOENT):
                    continue
                return  # unmounted
            _, call, unique, *_ = _IN.unpack_from(request)
            if call in _WITHOUT_ANSWER:
                continue
            number, answer = self._answer(call, request[_IN.size :])
            head = _OUT.pack(_OUT.size + len(answer), -number, unique)
            os.writev(self._device, (head, answer))
            if call == Call.DESTROY:
                return

    def _answer(self, call: int, body: bytes) -> tuple[int, bytes]:
        match call:
            case Call.INIT:  # protocol 7.31; no cache of what is written
                limits = struct.pack("<IIHHII", _MOST_BYTES, _BIG_WRITES, 16, 12, _MOST_BYTES, 1)
                return 0, struct.pack("<II", 7, 31) + limits + bytes(36)
            case Call.GETATTR | Call.SETATTR:
                return 0, self._attributes()
            case Call.OPEN:
                return 0, struct.pack("<QII", 0, 0, 0)
            case Call.READ:
                offset, size = struct.unpack_from("<QI", body, 8)
                return 0, os.pread(self._content, size, offset)
            case Call.WRITE:
                return 0, self._write(body)
            case Call.FSYNC:
                os.write(self._log, _RECORD.pack(_IS_FLUSH, 0))
                return 0, b""
            case Call.FLUSH | Call.RELEASE | Call.DESTROY:
                return 0, b""
            case Call.STATFS:
                return 0, struct.pack("<QQQQQIIII", 0, 0, 0, 0, 0, 4096, 255, 4096, 0) + bytes(24)
            case _:  # the kernel needs no other request
                return errno.ENOSYS, b""

    def _write(self, body: bytes) -> bytes:
        offset, size = struct.unpack_from("<QI", body, 8)
        data = body[40 : 40 + size]
        os.pwrite(self._content, data, offset)
        os.writev(self._log, (_RECORD.pack(offset, len(data)), data))
        return struct.pack("<II", len(data), 0)

    def _attributes(self) -> bytes:
        blocks = self._size // 512
        # inode, size, blocks; three times with their nanoseconds; mode, links, owner, group, device, block size, flags
        attributes = _ATTR.pack(1, self._size, blocks, *(0,) * 6, 0o100600, 1, 0, 0, 0, 4096, 0)
        return struct.pack("<QII", 3600, 0, 0) + attributes


def main(file: Path, log: Path) -> None:
    """Mount a logged disk over its own content, print `mounted`, and serve it until unmounted."""
    content = os.open(file, os.O_RDWR)
    device = os.open("/dev/fuse", os.O_RDWR)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={device},rootmode=100600,user_id=0,group_id=0,allow_other".encode()
    if libc.mount(b"logged", os.fsencode(file), b"fuse", _MOUNT_FLAGS, options):
        raise OSError(ctypes.get_errno(), f"{file}: can't be mounted")
    os.write(1, b"mounted\n")
    _Disk(content, written, device).serve()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
