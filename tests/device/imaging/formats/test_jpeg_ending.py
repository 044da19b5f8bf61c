"""A JPEG that lacks only its last bytes is read; one that lacks rows is refused."""

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from device.errors import PictureError
from device.imaging import decoding

KINDS: dict[str, dict[str, object]] = {
    "baseline": {},
    "every colour": {"subsampling": 0},
    "progressive": {"progressive": True},
    "optimised": {"optimize": True},
    "restarts": {"restart_marker_rows": 1},
    "often restarts": {"restart_marker_blocks": 3},
    "grey": {"mode": "L"},
    "inks": {"mode": "CMYK"},
}  # fmt: skip


def drawing(width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return lines and grain on paper, with an empty margin."""
    rng = np.random.default_rng(width)
    pixels = np.full((height, width, 3), 225, np.uint8)
    inner = pixels[height // 20 : -height // 20, width // 20 : -width // 20]
    inner[:] = np.clip(200 + rng.normal(0, 12, inner.shape), 0, 255)
    inner[::7, :, :] = 40
    inner[:, ::11, 0] = 90
    return pixels


def jpeg(width: int = 297, height: int = 520, *, mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(drawing(width, height)).convert(mode)
    image.save(buffer, "JPEG", **{"quality": 85, **options})  # type: ignore[arg-type]
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("lacking", [1, 2, 3, 8, 20])
@pytest.mark.parametrize("kind", KINDS)
def test_a_jpeg_that_lacks_its_last_bytes_is_read(tmp_path: Path, kind: str, lacking: int) -> None:
    whole, cut = tmp_path / "whole.jpg", tmp_path / "cut.jpg"
    whole.write_bytes(jpeg(**KINDS[kind]))  # type: ignore[arg-type]
    cut.write_bytes(whole.read_bytes()[:-lacking])

    for side in (None, 200):
        found, wanted = decoding.load(cut, side=side), decoding.load(whole, side=side)
        assert found.shape == wanted.shape
        assert (found[: -wanted.shape[0] // 8] == wanted[: -wanted.shape[0] // 8]).all()
        assert np.abs(found.astype(int) - wanted).mean() < 1
    upload = decoding.decode(cut.read_bytes(), name="upload")
    assert upload.shape == decoding.decode(whole.read_bytes(), name="upload").shape
    header = decoding.read_header(cut)
    assert (header.width, header.height) == (297, 520)
    assert header.notes == ("the JPEG lacks its last bytes",)
    assert decoding.read_header(whole).notes == ()


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.5, 0.8, 0.9])
@pytest.mark.parametrize("kind", KINDS)
def test_a_jpeg_that_lacks_rows_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    data = jpeg(**KINDS[kind])  # type: ignore[arg-type]
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(data[: int(len(data) * share)])

    for read in (decoding.load, decoding.read_header):
        with pytest.raises(PictureError, match=r"^cut\.jpg: expected [^\n]+, found [^\n]+$"):
            read(cut)
    with pytest.raises(PictureError):
        decoding.decode(cut.read_bytes(), name="upload")


def test_a_jpeg_cut_between_two_restarts_is_refused(tmp_path: Path) -> None:
    data = jpeg(restart_marker_rows=1)
    cut = tmp_path / "cut.jpg"
    for marker in (b"\xff\xd3", b"\xff\xd4"):
        at = data.rindex(marker)
        for end in (at, at + 1, at + 2):
            cut.write_bytes(data[:end])

            with pytest.raises(PictureError):
                decoding.load(cut)


def test_a_small_jpeg_without_its_end_marker_is_read(tmp_path: Path) -> None:
    cut = tmp_path / "small.jpg"
    cut.write_bytes(jpeg(32, 24)[:-2])

    assert decoding.load(cut).shape == (24, 32, 3)


@pytest.mark.slow
def test_a_large_jpeg_without_its_last_bytes_is_read_at_both_sizes(tmp_path: Path) -> None:
    cut = tmp_path / "large.jpg"
    cut.write_bytes(jpeg(3600, 2400)[:-20])

    assert decoding.load(cut).shape == (2400, 3600, 3)
    assert decoding.decode(cut.read_bytes(), name="upload").shape == (1067, 1600, 3)


def test_a_jpeg_cut_within_its_thumbnail_is_refused(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 1
    data = jpeg(exif=exif.tobytes() + jpeg(80, 60))
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(data[: data.index(b"\xff\xd9") + 2])

    for read in (decoding.load, decoding.read_header):
        with pytest.raises(PictureError):
            read(cut)
