"""A picture that can't be read is refused by the name of its format."""

import struct
from pathlib import Path

import pytest

from device.errors import PictureError
from device.imaging import decoding, picture_formats

OTHERS = {
    "photo.jxl": (b"\xff\x0a" + bytes(60), "JPEG XL"),
    "boxed.jxl": (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60), "JPEG XL"),
    "photo.gif": (b"GIF89a" + bytes(60), "GIF"),
    "photo.bmp": (b"BM" + bytes(60), "BMP"),
    "photo.psd": (b"8BPS\0\1" + bytes(60), "a Photoshop file"),
    "photo.jls": (b"\xff\xd8\xff\xf7" + bytes(60), "JPEG-LS"),
    "photo.jxr": (b"II\xbc\x01" + bytes(60), "JPEG XR"),
    "photo.exr": (b"\x76\x2f\x31\x01" + bytes(60), "OpenEXR"),
    "photo.pdf": (b"%PDF-1.7\n" + bytes(60), "PDF"),
    "photo.svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "photo.jpg": (b"\r\n<!DOCTYPE html><title>404 Not Found</title>", "a web page"),
    "photo.xml": (b'\xef\xbb\xbf<?xml version="1.0"?><lido/>', "XML"),
    "photo.raf": (b"FUJIFILMCCD-RAW 0201" + bytes(60), "a camera's raw file"),
    "photo.cr3": (b"\0\0\0\x18ftypcrx " + bytes(60), "a camera's raw file"),
    "photo.mov": (b"\0\0\0\x18ftypqt  " + bytes(60), "a film"),
    "photo.dcm": (bytes(128) + b"DICM" + bytes(60), "DICOM"),
    "photo.zip": (b"PK\x03\x04" + bytes(60), "a ZIP archive"),
    "twelve.jpg": (
        b"\xff\xd8" + b"\xff\xe0\0\x10JFIF" + bytes(10) + b"\xff\xc1\0\x11\x0c" + bytes(60),
        "a JPEG of 12 bits",
    ),
}


@pytest.mark.parametrize("read", [decoding.load, decoding.read_header])
@pytest.mark.parametrize("name", OTHERS)
def test_another_format_is_named(tmp_path: Path, name: str, read: object) -> None:
    data, found = OTHERS[name]
    (tmp_path / name).write_bytes(data)

    with pytest.raises(PictureError) as refused:
        read(tmp_path / name)  # type: ignore[operator]

    line = str(refused.value)
    assert line.startswith(f"{name}: expected a picture (JPEG, PNG, WEBP, TIFF, JPEG 2000")
    assert line.endswith(f"found {found}; save it as TIFF, PNG or JPEG")


@pytest.mark.parametrize(
    "data", [b"", b"\n\xff\xd8\xff\xe0", b"\xff\xd8" + struct.pack(">HH", 0xFFE0, 0) * 9, b"BM"[:1]]
)
def test_what_is_not_known_is_something_else(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.jpg"
    path.write_bytes(data)

    with pytest.raises(PictureError, match=r"found something else$"):
        decoding.load(path)


def test_a_format_that_is_not_registered_is_left_out() -> None:
    assert picture_formats.available(("JPEG", "NO SUCH FORMAT")) == ("JPEG",)


def test_every_suffix_is_in_lower_case_and_has_a_dot() -> None:
    assert all(one == one.lower() and one.startswith(".") for one in picture_formats.SUFFIXES)
