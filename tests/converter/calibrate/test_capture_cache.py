"""A capture that was kept is the very capture that would be made, and none is made twice."""

from pathlib import Path

import numpy as np
import pytest

from converter.cache import Cache
from converter.calibrate import capture_cache
from converter.calibrate.capture_cache import CaptureCache
from converter.calibrate.captures import PlannedCapture, PrintPicture, make_capture
from device.imaging.frames import Pixels
from evaluation.simulate.camera_noise import CAMERA


class Album:
    """A print whose loads are counted."""

    def __init__(self, pixels: Pixels) -> None:
        self.loads = 0
        self._pixels = pixels

    def load(self) -> Pixels:
        self.loads += 1
        return self._pixels


@pytest.fixture
def album(print_pictures: dict[str, Pixels]) -> Album:
    return Album(next(iter(print_pictures.values())))


def planned(
    album: Album, *, sha256: str = "a picture", number: int = 0, seed: int = 1
) -> PlannedCapture:
    picture = PrintPicture(record_id="one", item=0, load=album.load, sha256=sha256)
    return PlannedCapture(print=picture, number=number, seed=seed, factors=CAMERA)


def test_a_kept_capture_is_the_one_that_would_be_made(album: Album, tmp_path: Path) -> None:
    cached = CaptureCache(cache=Cache(root=tmp_path))
    made = make_capture(planned(album))

    for found in (cached(planned(album)), cached(planned(album))):
        assert np.array_equal(found.pixels, made.pixels)
        assert found.aspect == made.aspect
    assert album.loads == 2


def test_another_picture_seed_number_or_factor_is_another_capture(
    album: Album, tmp_path: Path
) -> None:
    cached = CaptureCache(cache=Cache(root=tmp_path))
    others = [
        planned(album, sha256="another"),
        planned(album, number=1),
        planned(album, seed=2),
        PlannedCapture(print=planned(album).print, number=0, seed=1, factors=CAMERA[:1]),
    ]

    for one in (planned(album), *others):
        cached(one)

    assert album.loads == 1 + len(others)


def test_other_code_makes_it_anew(
    album: Album, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = CaptureCache(cache=Cache(root=tmp_path))
    cached(planned(album))

    monkeypatch.setattr(capture_cache, "own_code", lambda: "other code")
    cached(planned(album))

    assert album.loads == 2


def test_a_picture_without_a_hash_is_never_kept(album: Album, tmp_path: Path) -> None:
    cached = CaptureCache(cache=Cache(root=tmp_path))

    cached(planned(album, sha256=""))

    assert not list(tmp_path.rglob("*"))
