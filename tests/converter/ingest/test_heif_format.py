"""HEIC is read on a desk that has pillow-heif, and refused by its name elsewhere."""

import subprocess
import sys
from pathlib import Path

import icc_profiles
import numpy as np
import pytest
from exported_collection import item_ids, table_row, write_table
from icc_profiles import from_rgb
from PIL import Image

from bench.colour_difference import mean_difference
from converter.ingest import collection, heif_format
from device.errors import PictureError
from device.imaging import decoding

ROOT = Path(__file__).parents[3]
has_heif = pytest.mark.skipif(not heif_format.register(), reason="pillow-heif isn't installed")


def picture() -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    pixels = np.full((96, 128, 3), 215, np.uint8)
    pixels[20:40, 30:90] = (150, 40, 60)
    return pixels


def heic(path: Path, **options: object) -> Path:
    Image.fromarray(picture()).save(path, "HEIF", quality=100, chroma=444, **options)  # type: ignore[arg-type]
    return path


@has_heif
def test_heic_is_read_in_its_colours(tmp_path: Path) -> None:
    path = heic(tmp_path / "a.heic", icc_profile=icc_profiles.rgb_profile("Display P3"))

    assert mean_difference(decoding.load(path), from_rgb(picture(), "Display P3")) < 1.5
    header = decoding.read_header(path)
    assert (header.width, header.height, header.notes) == (128, 96, ())


@has_heif
def test_a_record_may_have_a_heic_picture(folder: Path) -> None:
    heic(folder / "images" / "01.heic")
    write_table(folder, [table_row(1, image="images/01.heic")])

    assert item_ids(collection.read(folder)) == ["a-01"]


@has_heif
def test_a_heic_upload_is_refused_by_its_name(tmp_path: Path) -> None:
    data = heic(tmp_path / "a.heic").read_bytes()

    with pytest.raises(PictureError, match="found HEIC; send it as JPEG or PNG"):
        decoding.decode(data, name="upload")


@has_heif
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_heic_file_that_ends_early_is_refused_by_both(tmp_path: Path, share: float) -> None:
    path = heic(tmp_path / "a.heic")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    for read in (decoding.load, decoding.read_header):
        with pytest.raises(PictureError):
            read(path)


@pytest.mark.slow
def test_without_the_library_heic_is_refused_by_its_name(tmp_path: Path) -> None:
    """As on a kiosk, which never registers it."""
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    program = (
        "import sys; sys.modules['pillow_heif'] = None\n"
        "from converter.ingest import heif_format\n"
        "assert not heif_format.register()\n"
        "from pathlib import Path\n"
        "from device.imaging import decoding\n"
        "decoding.read_header(Path(sys.argv[1]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert "found HEIC; save it as TIFF, PNG or JPEG" in done.stderr
    assert "AVIF)" in done.stderr
