"""Webcams as a kernel shows them: device files, sysfs and answers to ioctl(2).

The files and links are real, in a folder of the test. Only ioctl(2) is replaced. Its answers are packed here by the layouts
of `linux/videodev2.h`, and know nothing of the product's.
"""

import errno
import os
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from device.cameras.v4l2 import VideoDevices

QUERYCAP, ENUM_FMT, G_FMT = 0x8068_5600, 0xC040_5602, 0xC0D0_5604
REQBUFS, ENUM_FRAMESIZES = 0xC014_5608, 0xC02C_564A
CAPTURE, METADATA, MEDIA_CONTROLLER = 0x0420_0001, 0x04A0_0000, 0x2420_0001
STEPWISE = 3

Sizes = tuple[tuple[int, int], ...]
FORMATS: dict[str, Sizes] = {
    "MJPG": ((1280, 960), (1280, 720), (640, 480)),
    "YUYV": ((640, 480), (320, 240)),
}


@dataclass
class FakeNode:
    """One device file.

    Attributes:
        capabilities: Of this node; the whole camera can capture and give metadata.
        formats: Sizes by format. A single size is given as a range, as by drivers that scale.
        in_use: The format, width and bytes of a row that are set now.
        refusal: Error number of every call; 0 for none.
    """

    name: str
    capabilities: int
    formats: dict[str, Sizes] = field(default_factory=lambda: dict(FORMATS))
    in_use: tuple[str, int, int] = ("MJPG", 1280, 0)
    refusal: int = 0


class FakeV4l2:
    """A machine into which a test plugs webcams.

    Another process that opens the same folder sees the same webcams, with the usual formats.
    """

    def __init__(self, folder: Path) -> None:
        self.dev, self.sysfs = folder / "dev", folder / "sys/class/video4linux"
        self._usb, self._busy = folder / "sys/devices/pci0000:00/usb1", folder / "busy"
        self._gone = folder / "gone"
        for each in (self.dev / "v4l/by-id", self.sysfs, self._usb, self._busy, self._gone):
            each.mkdir(parents=True, exist_ok=True)
        self.nodes: dict[int, FakeNode] = {}
        self._ports: dict[int, Path] = {}
        self.devices = VideoDevices(dev=self.dev, sysfs=self.sysfs, ioctl=self._ioctl)

    def plug_in(
        self,
        number: int,
        name: str = "HD Webcam",
        *,
        serial: str = "",
        port: str = "1-1",
        is_usb: bool = True,
        has_metadata: bool = True,
    ) -> Path:
        """Plug a webcam in; return its device file. Its metadata gets the next number."""
        root = self._usb if is_usb else self._usb.parent / "platform"
        interface = root / port / f"{port}:1.0"
        interface.mkdir(parents=True)
        if serial:
            (interface.parent / "serial").write_text(f"{serial}\n")
        self._add(number, 0, FakeNode(name=name, capabilities=CAPTURE), interface)
        if has_metadata:
            node = FakeNode(name=name, capabilities=METADATA, formats={})
            self._add(number + 1, 1, node, interface)
        link = self.dev / "v4l/by-id" / f"usb-{name.replace(' ', '_')}_{serial}-video-index0"
        link.unlink(missing_ok=True)
        link.symlink_to(f"../../video{number}")
        return self.dev / f"video{number}"

    def unplug(self, number: int) -> None:
        """Unplug the webcam with a node of this number."""
        port = self._ports[number]
        for each in [n for n, its in self._ports.items() if its == port]:
            (self.dev / f"video{each}").unlink()
            # Kept elsewhere, so that its inode number isn't given to another; sysfs gives each once, too.
            (self.sysfs / f"video{each}").rename(self._gone / f"{len(list(self._gone.iterdir()))}")
            del self.nodes[each], self._ports[each]
        for link in (self.dev / "v4l/by-id").iterdir():
            if not link.exists():
                link.unlink()
        shutil.rmtree(port.parent)

    def set_busy(self, number: int, is_busy: bool) -> None:
        """Let another program take pictures with a webcam, or end that."""
        mark = self._busy / f"video{number}"
        if is_busy:
            mark.touch()
        else:
            mark.unlink()

    def _add(self, number: int, index: int, node: FakeNode, interface: Path) -> None:
        self.nodes[number], self._ports[number] = node, interface
        (self.dev / f"video{number}").touch()
        described = interface / "video4linux" / f"video{number}"
        described.mkdir(parents=True)
        (described / "name").write_text(f"{node.name}\n")
        (described / "index").write_text(f"{index}\n")
        (described / "device").symlink_to("../..")
        (self.sysfs / f"video{number}").symlink_to(described)

    def _ioctl(self, device: int, request: int, buffer: Any) -> None:
        path = Path(f"/proc/self/fd/{device}").readlink()
        node = self._node_at(path.name)
        if request == REQBUFS and (self._busy / path.name).exists():
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        if node.refusal:
            raise OSError(node.refusal, os.strerror(node.refusal))
        calls: dict[int, Callable[[FakeNode, memoryview], None]] = {
            QUERYCAP: _query,
            ENUM_FMT: _format,
            ENUM_FRAMESIZES: _size,
            G_FMT: _in_use,
            REQBUFS: _request_buffers,
        }
        calls[request](node, memoryview(buffer).cast("B"))

    def _node_at(self, name: str) -> FakeNode:
        known = self.nodes.get(int(name.removeprefix("video")))
        if known is not None:
            return known
        described = self.sysfs / name
        try:
            is_first = (described / "index").read_text() == "0\n"
            its_name = (described / "name").read_text().strip()
        except OSError as error:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV)) from error
        return FakeNode(name=its_name, capabilities=CAPTURE if is_first else METADATA)


def _query(node: FakeNode, buffer: memoryview) -> None:
    whole = 0x8000_0000 | CAPTURE | METADATA
    struct.pack_into(
        "=16s32s32s3I", buffer, 0, b"uvcvideo", b"a card", b"a bus", 0, whole, node.capabilities
    )


def _format(node: FakeNode, buffer: memoryview) -> None:
    index, kind = struct.unpack_from("=2I", buffer)
    if kind != 1 or index >= len(node.formats):
        raise OSError(errno.EINVAL, "no more formats")
    code = list(node.formats)[index]
    struct.pack_into("=32s4s", buffer, 12, f"format {code}".encode(), code.encode())


def _size(node: FakeNode, buffer: memoryview) -> None:
    index, code = struct.unpack_from("=I4s", buffer)
    sizes = node.formats[code.decode()]
    if index >= len(sizes):
        raise OSError(errno.EINVAL, "no more sizes")
    width, height = sizes[index]
    if len(sizes) > 1:
        struct.pack_into("=3I", buffer, 8, 1, width, height)
    else:
        struct.pack_into("=7I", buffer, 8, STEPWISE, 16, width, 2, 16, height, 2)


def _in_use(node: FakeNode, buffer: memoryview) -> None:
    code, width, row_bytes = node.in_use
    struct.pack_into("=2I4s2I", buffer, 8, width, 480, code.encode(), 1, row_bytes)


def _request_buffers(node: FakeNode, buffer: memoryview) -> None:
    count, kind, memory = struct.unpack_from("=3I", buffer)
    if (count, kind, memory) != (0, 1, 1):
        raise OSError(errno.EINVAL, "more than a question")
