"""List webcams and ask what they can do, through Linux's V4L2.

Takes no pictures. Names come from sysfs, so that listing needs no right to open a camera.
"""

import ctypes
import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from device.cameras.v4l2 import calls
from device.cameras.v4l2.device_users import programs_using
from device.cameras.v4l2.video_nodes import RowLayout, VideoFormat, VideoNode
from device.errors import CameraAbsentError, CameraBusyError, CameraMissingError

_MOST_ENTRIES = 256  # bounds a driver that never ends its list
_GONE = {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO}
_FORBIDDEN = {errno.EACCES, errno.EPERM}
# Formats with a row of all pixels' values, which OpenCV reads as if no row were padded.
_BYTES_PER_PIXEL = {"YUYV": 2, "UYVY": 2, "YVYU": 2, "NV12": 1, "NV21": 1, "YU12": 1, "YV12": 1}


class VideoDevices:
    """The video devices of this machine; none on a machine without V4L2.

    Args:
        dev: Folder of the device files.
        sysfs: Folder in which the kernel describes them.
        ioctl: Calls the driver.
    """

    def __init__(
        self,
        *,
        dev: Path = Path("/dev"),
        sysfs: Path = Path("/sys/class/video4linux"),
        ioctl: Callable[[int, int, Any], object] = fcntl.ioctl,
    ) -> None:
        self._dev, self._sysfs, self._ioctl = dev, sysfs, ioctl

    def snapshot(self) -> frozenset[tuple[str, int]]:
        """Return a value that changes when a camera is plugged in or out; opens no device."""
        try:
            # sysfs gives each entry a number of its own, so a replaced one differs, too.
            return frozenset((entry.name, entry.inode()) for entry in os.scandir(self._sysfs))
        except OSError:
            return frozenset()

    def nodes(self) -> tuple[VideoNode, ...]:
        """Return all video nodes that have a device file, by number."""
        names = {name for name, _ in self.snapshot() if _is_video(name)}
        return tuple(
            sorted(
                (self._node(name) for name in names if (self._dev / name).exists()),
                key=lambda node: node.number,
            )
        )

    def check_free(self, node: VideoNode) -> None:
        """Check that a camera can be opened, and that no other program takes pictures with it.

        Raises:
            CameraBusyError: If another program uses it; names the program where that is known.
            CameraAbsentError: If it is gone.
            CameraMissingError: If this user may not open it.
        """
        with _translated(node), self._opened(node.path) as device:
            # To free no buffers changes nothing, and is refused while another program has some.
            request = {"count": 0, "type": calls.VIDEO_CAPTURE, "memory": calls.MEMORY_MAPPED}
            try:
                self._ask(device, calls.REQUEST_BUFFERS, **request)
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.ENOTTY):  # it maps no buffers
                    raise

    def formats(self, node: VideoNode) -> tuple[VideoFormat, ...]:
        """Return the formats and sizes that a camera offers.

        Raises:
            CameraMissingError: If it can't be opened; as in `check_free`.
        """
        with _translated(node), self._opened(node.path) as device:
            return tuple(self._formats(device))

    def rows(self, node: VideoNode) -> RowLayout | None:
        """Return how rows lie in memory; `None` if that isn't known, or the format isn't YUV."""
        with suppress(OSError), self._opened(node.path) as device:
            pix = self._ask(device, calls.GET_FORMAT, type=calls.VIDEO_CAPTURE).fmt.pix
            code = calls.code_of(pix.pixelformat)
            if code in _BYTES_PER_PIXEL:
                stride = pix.bytesperline // _BYTES_PER_PIXEL[code]
                return RowLayout(code=code, width=pix.width, stride=stride)
        return None

    def lasting_path(self, node: VideoNode) -> Path:
        """Return a node's path that a new number doesn't change, if it has one, else its own."""
        with suppress(OSError):
            for link in sorted((self._dev / "v4l/by-id").iterdir()):
                if link.resolve() == node.path.resolve():
                    return link
        return node.path

    def _node(self, name: str) -> VideoNode:
        described = self._sysfs / name
        port = (described / "device").resolve()
        index = _attribute(described / "index")
        is_first = index in ("", "0")
        return VideoNode(
            path=self._dev / name,
            name=_attribute(described / "name") or name,
            serial=_attribute(port.parent / "serial"),
            port=str(port),
            index=int(index) if index.isdecimal() else 0,
            is_capture=self._can_capture(self._dev / name, otherwise=is_first),
        )

    def _can_capture(self, path: Path, *, otherwise: bool) -> bool:
        try:
            with self._opened(path) as device:
                answer = self._ask(device, calls.QUERY_CAPABILITY)
        except OSError as error:
            # In use, or not ours to open: a camera's first node usually gives the pictures.
            return otherwise and error.errno in {errno.EBUSY} | _FORBIDDEN
        has_its_own = answer.capabilities & calls.HAS_DEVICE_CAPABILITIES
        can = answer.device_caps if has_its_own else answer.capabilities
        return bool(can & calls.CAN_CAPTURE) and not can & calls.NEEDS_MEDIA_CONTROLLER

    def _formats(self, device: int) -> Iterator[VideoFormat]:
        for index in range(_MOST_ENTRIES):
            try:
                answer = self._ask(
                    device, calls.LIST_FORMATS, index=index, type=calls.VIDEO_CAPTURE
                )
            except OSError:  # the end of the list
                return
            yield VideoFormat(
                code=calls.code_of(answer.pixelformat),
                description=answer.description.decode("utf-8", "replace"),
                sizes=tuple(dict.fromkeys(self._sizes(device, answer.pixelformat))),
            )

    def _sizes(self, device: int, pixel_format: int) -> Iterator[tuple[int, int]]:
        for index in range(_MOST_ENTRIES):
            try:
                answer = self._ask(
                    device, calls.LIST_FRAME_SIZES, index=index, pixel_format=pixel_format
                )
            except OSError:
                return
            if answer.type != calls.DISCRETE_SIZE:  # least, most and step of both sides
                yield answer.sides[1], answer.sides[4]
                return
            yield answer.sides[0], answer.sides[1]

    def _ask(self, device: int, call: calls.VideoCall, **fields: int) -> Any:
        buffer: ctypes.Structure = call.structure(**fields)
        self._ioctl(device, call.request, buffer)
        return buffer

    @contextmanager
    def _opened(self, path: Path) -> Iterator[int]:
        device = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            yield device
        finally:
            os.close(device)


@contextmanager
def _translated(node: VideoNode) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.EBUSY:
            who = ", ".join(programs_using(node.path))
            raise CameraBusyError(
                f"{node.label}: used by another program{f', {who}' if who else ''}; "
                "end it, and the picture comes by itself"
            ) from error
        if error.errno in _GONE:
            raise CameraAbsentError(
                f"{node.label}: expected {node.path}, found it gone; plug the webcam in"
            ) from error
        if error.errno in _FORBIDDEN:
            raise CameraMissingError(
                f"{node.label}: {node.path} may not be opened by this user; "
                "run `sudo usermod -aG video $USER`, and log in again"
            ) from error
        raise CameraMissingError(
            f"{node.label}: expected it to open, found {error.strerror}; plug it in again"
        ) from error


def _is_video(name: str) -> bool:
    return name.startswith("video") and name.removeprefix("video").isdecimal()


def _attribute(file: Path) -> str:
    try:
        text = " ".join(file.read_text("utf-8", "replace").split())
    except OSError:
        return ""
    return "".join(character for character in text if character.isprintable())
