"""Check refuses a file that ended early, as the build does, and decodes no other."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiff_files import colour, tiff

from device.errors import PictureError
from device.imaging import decoding, picture_formats

PIXELS = np.random.default_rng(8).integers(0, 256, (120, 160, 3), np.uint8)


def saved(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


FILES = {
    "jpeg": saved("JPEG"),
    "png": saved("PNG"),
    "webp": saved("WEBP"),
    "tiff": tiff(colour(PIXELS)),
    "tiff-lzw": saved("TIFF", compression="tiff_lzw"),
    "jpeg 2000": saved("JPEG2000"),
}
if picture_formats.available(("AVIF",)):  # from Pillow 11.3 on
    FILES["avif"] = saved("AVIF")


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("share", [0.4, 0.7, 0.93])
def test_check_and_build_refuse_a_file_that_ended_early(
    tmp_path: Path, kind: str, share: float
) -> None:
    path = tmp_path / "cut"
    path.write_bytes(FILES[kind][: int(len(FILES[kind]) * share)])

    reasons = []
    for read in (decoding.load, decoding.read_header):
        with pytest.raises(PictureError) as refused:
            read(path)
        reasons.append(str(refused.value))
    assert reasons[0] == reasons[1]


@pytest.mark.parametrize("kind", FILES)
def test_check_decodes_no_whole_file(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "whole"
    path.write_bytes(FILES[kind])
    monkeypatch.setattr(decoding, "upright_pixels", lambda *_: pytest.fail("it was decoded"))

    header = decoding.read_header(path)

    assert (header.width, header.height) == (160, 120)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_file_with_more_behind_its_end_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "long"
    path.write_bytes(FILES[kind] + bytes(50_000))

    header = decoding.read_header(path)

    assert (header.width, header.height, header.notes) == (160, 120, ())
