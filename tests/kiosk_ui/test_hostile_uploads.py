"""Hostile pictures sent to a kiosk that may not write: each is answered or refused."""

import io
import os
import random
import re
import struct
import subprocess
import sys
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from no_writes import MARK
from PIL import Image

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WATCHED = ROOT / "tests/standins/no_writes.py"


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data) & 0xFFFFFFFF)
    )


def _png(width: int, height: int, *more: bytes, data: bytes = b"\0" * 1000) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            *more,
            _chunk(b"IDAT", zlib.compress(data)),
            _chunk(b"IEND", b""),
        )
    )


def _resized(jpeg: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose header states a wrong size."""
    at = next(m.start() for m in re.finditer(rb"\xff[\xc0\xc2]\x00", jpeg))
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def corpus() -> Iterator[tuple[str, bytes]]:
    """Yield each picture with its name."""
    print_like = Image.effect_noise((320, 240), 80).convert("RGB")
    jpeg, png = _saved(print_like, "JPEG", quality=90), _saved(print_like, "PNG")
    webp = _saved(print_like, "WEBP")
    yield from (("jpeg", jpeg), ("png", png), ("webp", webp), ("nothing", b""))
    for name, data in (("jpeg", jpeg), ("png", png), ("webp", webp)):
        for part in (1, 2, 12, len(data) // 3, len(data) - 20, len(data) - 1):
            yield f"{name} cut at {part}", data[:part]
        yield f"{name} with a tail", data + b"<script>alert(1)</script>" * 100
        chance = random.Random(name)
        for number in range(8):
            bent = bytearray(data)
            for _ in range(1 + 10 * number):
                bent[chance.randrange(len(bent))] = chance.randrange(256)
            yield f"{name} bent {number}", bytes(bent)
    for size in ((65_500, 65_500), (1, 65_500), (0, 10), (9_001, 9_001)):
        yield f"jpeg that says it is {size}", _resized(jpeg, *size)
    for size in ((2**31 - 1, 2**31 - 1), (0, 0), (50_000, 50_000), (1, 1), (20_000, 1)):
        yield f"png that says it is {size}", _png(*size)
    bomb = zlib.compress(b"\0" * 200_000_000, 9)
    yield "png whose text is a bomb", _png(8, 8, _chunk(b"zTXt", b"a\0\0" + bomb))
    yield "png whose colours are a bomb", _png(8, 8, _chunk(b"iCCP", b"a\0\0" + bomb))
    yield "png whose data is a bomb", _png(8_000, 8_000, data=b"\0" * (3 * 8_000 + 1) * 8_000)
    yield "png with many chunks", _png(8, 8, *[_chunk(b"tEXt", b"a\0b")] * 50_000)
    exif = Image.Exif()
    exif[0x0112] = 99
    yield "jpeg turned by 99", _saved(print_like, "JPEG", exif=exif)
    yield "jpeg with exif of nothing but noise", _saved(
        print_like, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08" + bytes(range(256)) * 200
    )
    yield "jpeg in CMYK", _saved(print_like.convert("CMYK"), "JPEG")
    yield "png of sixteen bits", _saved(Image.new("I;16", (40, 40)), "PNG")
    yield "png of one bit", _saved(Image.new("1", (40, 40)), "PNG")
    yield "png of a palette and holes", _saved(print_like.convert("P"), "PNG", transparency=3)
    yield "png that moves", _saved(print_like, "PNG", save_all=True, append_images=[print_like] * 9)
    yield "webp that moves", _saved(
        print_like, "WEBP", save_all=True, append_images=[print_like] * 9
    )
    for kind in ("GIF", "TIFF", "BMP", "PPM", "ICO", "PCX", "TGA", "PDF", "JPEG2000", "EPS"):
        yield kind, _saved(print_like, kind)
    yield "SVG", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "postscript", b"%!PS\n(/tmp/out) (w) file\n"
    yield "fits", b"SIMPLE  =                    T" + b" " * 5_000
    yield "zip", b"PK\x03\x04" + b"\0" * 100
    yield "pickle", b"cos\nsystem\n(S'touch /tmp/out'\ntR."
    yield "twelve megabytes of nothing", b"\0" * (12 * 1024 * 1024)
    yield "more than is taken", b"\xff\xd8" + b"\0" * (12 * 1024 * 1024)
    yield "text", "Guten Tag".encode("utf-16")


def forms(jpeg: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Yield forms with their names and content types."""
    kind = 'multipart/form-data; boundary="b"'

    def part(headers: str, data: bytes) -> bytes:
        return b"--b\r\n" + headers.encode() + b"\r\n\r\n" + data + b"\r\n"

    end = b"--b--\r\n"
    for name in ("../../../tmp/out", "/etc/passwd", "a\0b", "x" * 5_000, "é\u202egpj.exe"):
        shown = f'Content-Disposition: form-data; name="image"; filename="{name}"'
        yield f"form with a file called {name[:20]!r}", kind, part(shown, jpeg) + end
    shown = 'Content-Disposition: form-data; name="image"; filename="a"'
    yield "form without an end", kind, part(shown, jpeg)
    yield "form of two files", kind, part(shown, jpeg) * 2 + end
    yield "form of a thousand files", kind, part(shown, b"x") * 1_000 + end
    yield "form of nothing", kind, end
    yield "form of noise", kind, os.urandom(5_000)
    yield "form without a boundary", "multipart/form-data", part(shown, jpeg) + end
    large = "multipart/form-data; boundary=" + "b" * 5_000
    yield "form with a boundary without end", large, part(shown, jpeg) + end


@pytest.fixture(scope="module")
def kiosk(small_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Kiosk"]:
    """A whole kiosk that may not write."""
    place = tmp_path_factory.mktemp("hostile")
    # A pipe, not a file: the limit on files would end the kiosk for its own log.
    process = subprocess.Popen(
        [
            sys.executable,
            str(WATCHED),
            "kiosk",
            "--bundle",
            str(small_bundle),
            "--camera",
            "none",
            "--port",
            "0",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PRINTKIOSK_STAFF_FOLDER": str(place / "staff")},
    )
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    found = re.search(r"http://\S+", line)
    if found is None:
        process.kill()
        pytest.fail(process.communicate()[1].decode()[-2000:])
    running = Kiosk(process, found[0])
    yield running
    running.end()


class Kiosk:
    """A running kiosk and its observed writes."""

    def __init__(self, process: "subprocess.Popen[bytes]", address: str) -> None:
        self.process = process
        self.address = address
        self._said: str | None = None

    def send(self, path: str, data: bytes, kind: str) -> int:
        """Send a body; return the response's status."""
        headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
        sent = urllib.request.Request(self.address + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(sent, timeout=60) as response:
                response.read()
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.read()
            return error.code

    def end(self) -> str:
        """Kill it before it saves its counts; return all its output."""
        if self._said is None:
            self.process.kill()
            self._said = self.process.communicate()[1].decode("utf-8", "replace")
        return self._said


def test_the_audit_detects_writes_from_python_and_from_c(tmp_path: Path) -> None:
    def done(line: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, str(WATCHED), "say", line]
        return subprocess.run(program, capture_output=True, text=True, timeout=60, cwd=tmp_path)

    assert done("pass").returncode == 0
    assert done("open('x', 'w').write('x')").returncode < 0
    assert MARK in done("open('y', 'w')").stderr
    in_c = "import sqlite3; sqlite3.connect('z').execute('create table t (a)')"
    assert done(in_c).returncode < 0


def test_hostile_pictures_are_harmless_and_never_written(kiosk: Kiosk) -> None:
    answered: dict[str, int] = {}
    jpeg = b""
    for name, data in corpus():
        jpeg = jpeg or data
        answered[name] = kiosk.send("api/v1/search", data, "image/jpeg")
        if len(data) < 1_000_000:
            kiosk.send("answer", data, "application/octet-stream")
    for name, kind, data in forms(jpeg):
        answered[name] = kiosk.send("api/v1/search", data, kind)

    assert kiosk.process.poll() is None, "it was ended by a write"
    assert {
        name: status for name, status in answered.items() if status not in (200, 400, 413)
    } == {}
    assert [answered[name] for name in ("jpeg", "png", "webp")] == [200, 200, 200]
    assert kiosk.send("api/v1/search", jpeg, "image/jpeg") == 200
    said = kiosk.end()
    assert [line for line in said.splitlines() if line.startswith(MARK)] == []
    assert "Traceback" not in said
