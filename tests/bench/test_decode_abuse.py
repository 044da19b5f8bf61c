"""The bench of hostile pictures measures a whole kiosk, with the pictures it names."""

import io
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image

from bench import abusive_pictures, decode_abuse
from bench.crafted_pictures import crafted_jpeg, scan_bomb

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize(
    ("sampling", "mode"),
    [(((1, 1),), "L"), (((2, 2), (1, 1), (1, 1)), "RGB"), (((1, 1),) * 4, "CMYK")],
)
def test_a_crafted_jpeg_is_whole(
    progressive: bool, sampling: tuple[tuple[int, int], ...], mode: str
) -> None:
    data = crafted_jpeg(123, 77, sampling=sampling, progressive=progressive)

    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert (image.size, image.mode) == ((123, 77), mode)
        assert image.info.get("progressive", 0) == progressive


def test_a_scan_bomb_is_a_whole_picture() -> None:
    with Image.open(io.BytesIO(scan_bomb(5, side=64))) as image:
        image.load()
        assert image.size == (64, 64)


@pytest.mark.slow
def test_no_picture_of_the_family_is_too_large_to_be_sent() -> None:
    for picture in islice(abusive_pictures.family(is_short=True), 12):
        assert 0 < len(picture.data) <= abusive_pictures.MOST_BYTES, picture.name


@pytest.mark.slow
def test_a_costly_picture_is_refused_in_little_memory() -> None:
    data = crafted_jpeg(8000, 8000, sampling=((1, 1),) * 3, progressive=True)
    costly = abusive_pictures.AbusivePicture(name="costly", data=data)

    (harm,) = decode_abuse.measure(ROOT / "demo/bundle", iter([costly]), has_delays=True)

    assert harm.status == 400
    assert harm.memory_mb <= decode_abuse.MEMORY_MARK_MB
    assert harm.guest_s <= 5 * decode_abuse.GUEST_MARK_S
    assert harm.stand_s <= 5 * decode_abuse.STAND_MARK_S
