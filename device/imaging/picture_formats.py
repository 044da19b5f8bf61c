"""Names of picture formats: those that are read, with their suffixes, and others."""

import struct
from typing import BinaryIO

from PIL import Image

# By Pillow's names. HEIF is read where the desk has registered it: see `converter.ingest.heif_format`.
UPLOAD_FORMATS = ("JPEG", "PNG", "WEBP")
COLLECTION_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "JPEG2000", "AVIF", "HEIF")
# Suffixes of the formats of collections, in lower case.
SUFFIXES = (
    ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp",
    ".jp2", ".j2k", ".jpf", ".jpx", ".avif", ".heic", ".heif",
)  # fmt: skip

_NAMES = {"JPEG2000": "JPEG 2000", "HEIF": "HEIC"}
_HEAD_BYTES = 512
_MARKUP = {b"<!doctype html": "a web page", b"<html": "a web page", b"<svg": "SVG", b"<?xml": "XML"}
# Position, bytes there, and the name of the format.
_SIGNATURES = (
    (0, b"\xff\x0a", "JPEG XL"),
    (4, b"JXL \r\n\x87\n", "JPEG XL"),
    (0, b"\xff\xd8\xff\xf7", "JPEG-LS"),
    (0, b"II\xbc\x01", "JPEG XR"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"%PDF", "PDF"),
    (0, b"%!PS", "PostScript"),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript"),
    (0, b"gimp xcf", "a GIMP file"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"FUJIFILMCCD-RAW", "a camera's raw file"),
    (0, b"IIRO", "a camera's raw file"),
    (0, b"IIU\x00", "a camera's raw file"),
    (8, b"CR\x02", "a camera's raw file"),
    (4, b"ftypcrx", "a camera's raw file"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypavis", "AVIF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypmsf1", "HEIC"),
    (4, b"ftyp", "a film"),
    (4, b"jP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (128, b"DICM", "DICOM"),
    (0, b"SIMPLE  =", "FITS"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"II+\x00", "TIFF"),
    (0, b"MM\x00+", "TIFF"),
)


class UnreadableFormatError(Exception):
    """A picture in a format that can't be decoded.

    Attributes:
        found: Name of the format.
        advice: What to do about it.
    """

    def __init__(self, found: str, advice: str) -> None:
        super().__init__(found, advice)
        self.found = found
        self.advice = advice


def available(formats: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of Pillow's formats that this Pillow has, or that were registered with it."""
    Image.init()
    return tuple(one for one in formats if one in Image.OPEN)


def names(formats: tuple[str, ...]) -> str:
    """Return the formats' names as a list in words."""
    return ", ".join(_NAMES.get(one, one) for one in formats)


def name_of(file: BinaryIO) -> str:
    """Return the name of a file's format by its first bytes; "" for one that isn't known."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    for position, signature, name in _SIGNATURES:
        if head.startswith(signature, position):
            return name
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower()
    for signature, name in _MARKUP.items():
        if start.startswith(signature):
            return "SVG" if b"<svg" in head else name
    bits = _jpeg_bits(file) if head.startswith(b"\xff\xd8") else 8
    return f"a JPEG of {bits} bits" if bits != 8 else ""


def _jpeg_bits(file: BinaryIO) -> int:
    """Return the bits of a JPEG's samples, from its frame header; 8 where none is found."""
    at = 2
    while True:
        file.seek(at)
        head = file.read(5)
        if len(head) < 5 or head[0] != 0xFF:
            return 8
        marker, length, bits = struct.unpack(">HHB", head)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            return int(bits)
        at += 2 + max(length, 2)
