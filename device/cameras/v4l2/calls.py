"""The ioctl calls of V4L2 that the kiosk makes, with the kernel's structures.

Fields have the names of `linux/videodev2.h`. See https://docs.kernel.org/userspace-api/media/v4l/user-func.html.
"""

import ctypes
from dataclasses import dataclass

VIDEO_CAPTURE, MEMORY_MAPPED = 1, 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_MMAP
CAN_CAPTURE, NEEDS_MEDIA_CONTROLLER = 0x0000_0001, 0x2000_0000
HAS_DEVICE_CAPABILITIES = 0x8000_0000
DISCRETE_SIZE = 1  # V4L2_FRMSIZE_TYPE_DISCRETE

_BIG_ENDIAN = 1 << 31  # v4l2_fourcc_be
_WRITES, _READS = 1, 2
_NUMBER = ctypes.c_uint32


class Capability(ctypes.Structure):
    """`struct v4l2_capability`."""

    _fields_ = [
        ("driver", ctypes.c_char * 16),
        ("card", ctypes.c_char * 32),
        ("bus_info", ctypes.c_char * 32),
        ("version", _NUMBER),
        ("capabilities", _NUMBER),
        ("device_caps", _NUMBER),
        ("reserved", _NUMBER * 3),
    ]


class FormatDescription(ctypes.Structure):
    """`struct v4l2_fmtdesc`."""

    _fields_ = [
        ("index", _NUMBER),
        ("type", _NUMBER),
        ("flags", _NUMBER),
        ("description", ctypes.c_char * 32),
        ("pixelformat", _NUMBER),
        ("mbus_code", _NUMBER),
        ("reserved", _NUMBER * 3),
    ]


class FrameSize(ctypes.Structure):
    """`struct v4l2_frmsizeenum`; `sides` is one size, or least, most and step of both sides."""

    _fields_ = [
        ("index", _NUMBER),
        ("pixel_format", _NUMBER),
        ("type", _NUMBER),
        ("sides", _NUMBER * 6),
        ("reserved", _NUMBER * 2),
    ]


class BufferRequest(ctypes.Structure):
    """`struct v4l2_requestbuffers`."""

    _fields_ = [
        ("count", _NUMBER),
        ("type", _NUMBER),
        ("memory", _NUMBER),
        ("capabilities", _NUMBER),
        ("flags", _NUMBER),
    ]


class PixelFormat(ctypes.Structure):
    """The start of `struct v4l2_pix_format`."""

    _fields_ = [
        ("width", _NUMBER),
        ("height", _NUMBER),
        ("pixelformat", _NUMBER),
        ("field", _NUMBER),
        ("bytesperline", _NUMBER),
    ]


class _FormatUnion(ctypes.Union):
    # Another member of the kernel's union has pointers, which decide its alignment.
    _fields_ = [
        ("pix", PixelFormat),
        ("pointer", ctypes.c_void_p),
        ("raw", ctypes.c_uint8 * 200),
    ]


class Format(ctypes.Structure):
    """`struct v4l2_format`."""

    _fields_ = [("type", _NUMBER), ("fmt", _FormatUnion)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoCall:
    """One ioctl: its number in the kernel's table, and the direction of its structure."""

    number: int
    structure: type[ctypes.Structure]
    direction: int = _READS | _WRITES

    @property
    def request(self) -> int:
        """Return the request code that ioctl(2) takes, by the kernel's `_IOC` on x86 and Arm."""
        size = ctypes.sizeof(self.structure)
        return self.direction << 30 | size << 16 | ord("V") << 8 | self.number


QUERY_CAPABILITY = VideoCall(number=0, structure=Capability, direction=_READS)
LIST_FORMATS = VideoCall(number=2, structure=FormatDescription)
GET_FORMAT = VideoCall(number=4, structure=Format)
REQUEST_BUFFERS = VideoCall(number=8, structure=BufferRequest)
LIST_FRAME_SIZES = VideoCall(number=74, structure=FrameSize)


def code_of(pixel_format: int) -> str:
    """Return a pixel format's four characters, such as `MJPG`, or `Y16 -BE` for big-endian."""
    characters = (pixel_format & ~_BIG_ENDIAN).to_bytes(4, "little").decode("latin-1")
    return f"{characters}-BE" if pixel_format & _BIG_ENDIAN else characters.strip("\0 ")
