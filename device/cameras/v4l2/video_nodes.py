"""Values that describe webcams and their device files. Knows no driver."""

from dataclasses import dataclass
from pathlib import Path

# Formats that keep all values of a row together, so that padding can be cut off after decoding.
_PACKED = frozenset({"YUYV", "UYVY", "YVYU"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoNode:
    """One device file of a camera; a webcam may have several.

    Attributes:
        path: Such as `/dev/video0`.
        name: The camera's name.
        serial: Serial number of a USB camera; empty if it has none. Cheap ones may share one.
        port: Where it is plugged in: the path of its device in sysfs.
        index: Number of this file within the camera, from 0.
        is_capture: Whether it gives pictures. Others give metadata, or need a media controller.
    """

    path: Path
    name: str
    serial: str
    port: str
    index: int
    is_capture: bool

    @property
    def number(self) -> int:
        """Return the number in the file's name."""
        return int(self.path.name.removeprefix("video"))

    @property
    def is_usb(self) -> bool:
        """Return whether the camera is plugged into a USB port."""
        return "/usb" in self.port

    @property
    def label(self) -> str:
        """Return what the kiosk calls this camera, such as `webcam:0 (HD Webcam)`."""
        return f"webcam:{self.number} ({self.name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFormat:
    """A pixel format of a camera.

    Attributes:
        code: Four characters, such as `MJPG`.
        description: The driver's words for it.
        sizes: Width and height in pixels, in the driver's order; the largest alone if it scales freely.
    """

    code: str
    description: str
    sizes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLayout:
    """How a camera's rows lie in the driver's memory.

    Attributes:
        code: The pixel format, such as `YUYV`.
        width: Pixels of the picture in a row.
        stride: Pixels from one row to the next, padding included.
    """

    code: str
    width: int
    stride: int

    @property
    def is_padded(self) -> bool:
        """Return whether there is padding at the end of each row."""
        return self.stride > self.width

    @property
    def is_packed(self) -> bool:
        """Return whether a row's values lie together, not in planes."""
        return self.code in _PACKED
