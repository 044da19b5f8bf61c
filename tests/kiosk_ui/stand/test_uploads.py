"""Invalid uploads get a one-line error, never a server error or a temporary file."""

import io
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from kiosk_ui.app import MAX_UPLOAD_BYTES

JPEG = {"Content-Type": "image/jpeg"}


def a_picture(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (60, 40, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file, kind, **options)
    return file.getvalue()


def a_bomb(side: int) -> bytes:
    """Return a PNG of side x side black pixels in a hundred bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(30_000), 9)  # cut short: no reader should get that far
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


HOSTILE = {
    "nothing": b"",
    "one byte": b"\xff",
    "words": b"this is not a picture at all",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a jpeg's first bytes": a_picture("JPEG")[:20],
    "a jpeg cut short": a_picture("JPEG")[:-400],
    "a png cut short": a_picture("PNG")[:-400],
    "gif": a_picture("GIF"),
    "bmp": a_picture("BMP"),
    "tiff": a_picture("TIFF"),
    "ppm": a_picture("PPM"),
    "a png's head on a jpeg": b"\x89PNG\r\n\x1a\n" + a_picture("JPEG"),
    "bomb": a_bomb(30_000),
    "larger bomb": a_bomb(2_000_000_000),
    "zip": b"PK\x03\x04" + bytes(200),
    "pdf": b"%PDF-1.7\n%EOF",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("as_form", [False, True], ids=["body", "form"])
def test_an_invalid_picture_is_refused_in_one_line(
    client: FlaskClient, name: str, as_form: bool
) -> None:
    data = HOSTILE[name]
    if as_form:
        response = client.post("/api/v1/search", data={"image": (BytesIO(data), "../../x.jpg")})
    else:
        response = client.post("/api/v1/search", data=data, headers=JPEG)
    assert response.status_code == 400
    line = response.get_json()["error"]
    assert "\n" not in line and "Traceback" not in line


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_jpeg_png_and_webp_are_accepted(client: FlaskClient, kind: str) -> None:
    response = client.post("/api/v1/search", data=a_picture(kind), headers=JPEG)
    assert response.status_code == 200


def test_the_unregistered_type_image_jpg_is_accepted(client: FlaskClient) -> None:
    headers = {"Content-Type": "image/jpg"}

    response = client.post("/api/v1/search", data=a_picture("JPEG"), headers=headers)

    assert response.status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "image/gif", "image/svg+xml", "application/json", ""]
)
def test_a_body_of_another_media_type_is_refused(client: FlaskClient, kind: str) -> None:
    response = client.post(
        "/api/v1/search", data=a_picture("JPEG"), headers={"Content-Type": kind} if kind else {}
    )
    assert response.status_code == 415
    assert "image/jpeg" in response.get_json()["error"]


def test_more_than_twelve_megabytes_are_refused(client: FlaskClient) -> None:
    response = client.post("/api/v1/search", data=bytes(MAX_UPLOAD_BYTES + 1), headers=JPEG)
    assert response.status_code == 413
    assert list(response.get_json()) == ["error", "said"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"picture": (BytesIO(b"x"), "x.jpg")},
        {"image": "words, not a file"},
        {"image": (BytesIO(b"x"), "x.jpg"), "more": "words"},
        {"image": [(BytesIO(b"x"), "x.jpg"), (BytesIO(b"y"), "y.jpg")]},
    ],
    ids=["empty", "another name", "no file", "more", "two"],
)
def test_a_form_has_one_file_called_image(client: FlaskClient, form: dict[str, object]) -> None:
    response = client.post("/api/v1/search", data=form, content_type="multipart/form-data")
    assert response.status_code == 400


def test_a_form_of_many_parts_is_refused_before_it_is_read(client: FlaskClient) -> None:
    form = {f"part{n}": (BytesIO(b"x"), "x.jpg") for n in range(20)}
    assert client.post("/api/v1/search", data=form).status_code == 413


@pytest.mark.slow
def test_after_invalid_uploads_a_print_is_still_found(client: FlaskClient, upload: bytes) -> None:
    for data in HOSTILE.values():
        client.post("/api/v1/search", data=data, headers=JPEG)
    assert client.post("/api/v1/search", data=upload, headers=JPEG).status_code == 200
