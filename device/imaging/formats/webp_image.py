"""Decode a still WebP at the size that is wanted, without copies of the whole picture.

Pillow decodes every WebP as an animation: two canvases, a copy of one, and its own picture, 16 bytes a pixel next to the
codec's own. libwebp itself scales while it decodes. It is the library that Pillow has loaded.

Source: libwebp's src/webp/decode.h (the layout holds for every release with this ABI version), and RFC 9649 for the container.
"""

import ctypes
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import IO, Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

_ABI_VERSION = 0x0209
_RGB, _RGBA = 0, 1
_HAS_ANIMATION, _HAS_ALPHA = 2, 16
# WebP's statuses for data that end before the picture does.
_ENDED_EARLY = (5, 7)
_HEAD_BYTES = 30
# The container's chunks, by the names that Pillow's pictures have for them.
_INFO = {b"ICCP": "icc_profile", b"EXIF": "exif", b"XMP ": "xmp"}


_FUNCTIONS = {
    "WebPInitDecoderConfigInternal": (ctypes.c_void_p, ctypes.c_int),
    "WebPGetFeaturesInternal": (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int),
    "WebPDecode": (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p),
}


class _Input(ctypes.Structure):
    _fields_ = (
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("has_alpha", ctypes.c_int),
        ("has_animation", ctypes.c_int),
        ("format", ctypes.c_int),
        ("pad", ctypes.c_uint32 * 5),
    )


class _Rgba(ctypes.Structure):
    _fields_ = (("rgba", ctypes.c_void_p), ("stride", ctypes.c_int), ("size", ctypes.c_size_t))


class _Yuva(ctypes.Structure):
    _fields_ = (
        ("planes", ctypes.c_void_p * 4),
        ("strides", ctypes.c_int * 4),
        ("sizes", ctypes.c_size_t * 4),
    )


class _Planes(ctypes.Union):
    _fields_ = (("rgba", _Rgba), ("yuva", _Yuva))


class _Output(ctypes.Structure):
    _fields_ = (
        ("colourspace", ctypes.c_int),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("is_external", ctypes.c_int),
        ("planes", _Planes),
        ("pad", ctypes.c_uint32 * 4),
        ("memory", ctypes.c_void_p),
    )


class _Options(ctypes.Structure):
    _fields_ = (
        ("before_scaling", ctypes.c_int * 7),
        ("use_scaling", ctypes.c_int),
        ("scaled_width", ctypes.c_int),
        ("scaled_height", ctypes.c_int),
        ("after_scaling", ctypes.c_int * 4),
        ("pad", ctypes.c_uint32 * 5),
    )


class _Config(ctypes.Structure):
    _fields_ = (("input", _Input), ("output", _Output), ("options", _Options))


class StillWebpImage(ImageFile.ImageFile):
    """A WebP that is no animation, opened by its header, and decoded by `load`.

    Raises `SyntaxError` for a file that is none, as Pillow's own classes do.
    """

    format = "WEBP"
    format_description = "WebP image"
    # What libwebp holds for each pixel of the file while it decodes a lossless picture, and less for a lossy one.
    held_bytes_a_pixel = 4

    def _open(self) -> None:
        file = self.fp
        header = None if file is None else _header(file)
        if file is None or header is None or header.is_animated:
            raise SyntaxError("not a still WebP")
        self._size = header.width, header.height
        self._mode = "RGBA" if header.has_alpha else "RGB"
        for name, data in _metadata(file):
            self.info.setdefault(name, data)
        self._is_decoded = False

    def draft(self, mode: str | None, size: tuple[int, int] | None) -> None:
        """Request a size that is kept in proportion, both sides at most `size`, before `load`."""
        if size is not None and not self._is_decoded:
            ratio = min(size[0] / self.width, size[1] / self.height, 1)
            self._size = max(round(self.width * ratio), 1), max(round(self.height * ratio), 1)

    def load(self) -> Any:
        """Decode the picture.

        Raises:
            OSError: If the file is damaged or ends early.
        """
        if not self._is_decoded and self.fp is not None:
            self.fp.seek(0)
            pixels = _decoded(self.fp.read(), self.size, self.mode)
            self.im = Image.fromarray(pixels, self.mode).im
            self._is_decoded = True
        return super().load()


def size_of(file: BinaryIO) -> tuple[int, int] | None:
    """Return width and height of a WebP in pixels, from its header; else `None`."""
    header = _header(file)
    return None if header is None else (header.width, header.height)


def is_readable(file: BinaryIO) -> bool:
    """Return whether a file is a still WebP, and this Pillow's libwebp can be used."""
    header = _header(file)
    return header is not None and not header.is_animated and _library() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    width: int
    height: int
    has_alpha: bool
    is_animated: bool


def _header(file: IO[bytes]) -> _Header | None:
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES or not (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return None
    kind, flags = head[12:16], head[20]
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
        return _Header(
            width=width,
            height=height,
            has_alpha=bool(flags & _HAS_ALPHA),
            is_animated=bool(flags & _HAS_ANIMATION),
        )
    if kind == b"VP8L" and flags == 0x2F:
        bits = int.from_bytes(head[21:25], "little")
        return _Header(
            width=(bits & 0x3FFF) + 1,
            height=(bits >> 14 & 0x3FFF) + 1,
            has_alpha=bool(bits >> 28 & 1),
            is_animated=False,
        )
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 26)
        return _Header(
            width=width & 0x3FFF, height=height & 0x3FFF, has_alpha=False, is_animated=False
        )
    return None


def _metadata(file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield a WebP's profile, EXIF and XMP, by Pillow's names, as far as the file is whole."""
    end = file.seek(0, 2)
    at = 12
    while at + 8 <= end:
        file.seek(at)
        kind, size = struct.unpack("<4sI", file.read(8))
        if kind in _INFO and at + 8 + size <= end:
            yield _INFO[kind], file.read(size)
        at += 8 + size + size % 2


def _decoded(data: bytes, size: tuple[int, int], mode: str) -> npt.NDArray[np.uint8]:
    """Return the pixels of a WebP, scaled to a size: uint8 (H, W, C).

    Raises:
        OSError: If the data are damaged or end early.
    """
    library, config = _library(), _Config()
    if library is None or not library.WebPInitDecoderConfigInternal(
        ctypes.byref(config), _ABI_VERSION
    ):
        raise OSError("no libwebp that can be used")
    width, height = size
    pixels = np.empty((height, width, len(mode)), np.uint8)
    config.output.colourspace = _RGBA if mode == "RGBA" else _RGB
    config.output.is_external = 1
    buffer = config.output.planes.rgba
    buffer.rgba, buffer.stride, buffer.size = pixels.ctypes.data, pixels.strides[0], pixels.nbytes
    if library.WebPGetFeaturesInternal(
        data, len(data), ctypes.byref(config.input), _ABI_VERSION
    ) == 0 and (config.input.width, config.input.height) != (width, height):
        config.options.use_scaling = 1
        config.options.scaled_width, config.options.scaled_height = width, height
    status = library.WebPDecode(data, len(data), ctypes.byref(config))
    if status:
        raise OSError("image file is truncated" if status in _ENDED_EARLY else "broken data")
    return pixels


@cache
def _library() -> Any:
    """Return libwebp with its functions; `None` if Pillow has none or another one."""
    try:
        # A symbol is looked up in what the extension is linked to: libwebp, by whatever name the wheel has given it.
        library = ctypes.CDLL(import_module("PIL._webp").__file__)
        for function, types in _FUNCTIONS.items():
            getattr(library, function).argtypes = types
    except (ImportError, OSError, AttributeError):
        return None
    return library
