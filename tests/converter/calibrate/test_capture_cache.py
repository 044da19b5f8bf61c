"""A cached capture equals a new one, and no capture is made twice."""

from pathlib import Path

import numpy as np
import pytest

from converter.cache import Cache
from converter.calibrate import capture_cache
from converter.calibrate.capture_cache import CaptureCache
from converter.calibrate.captures import PlannedCapture, PrintPicture, make_capture
from device.imaging.frames import Pixels
from evaluation.simulate.camera_noise import CAMERA


class CountingPrint:
    """A print that counts how often its picture is loaded."""

    def __init__(self, pixels: Pixels) -> None:
        self.loads = 0
        self._pixels = pixels

    def load(self) -> Pixels:
        self.loads += 1
        return self._pixels


@pytest.fixture
def counted(print_pictures: dict[str, Pixels]) -> CountingPrint:
    return CountingPrint(next(iter(print_pictures.values())))


def planned(
    counted: CountingPrint, *, sha256: str = "a picture", number: int = 0, seed: int = 1
) -> PlannedCapture:
    picture = PrintPicture(record_id="one", item=0, load=counted.load, sha256=sha256)
    return PlannedCapture(print=picture, number=number, seed=seed, factors=CAMERA)


def test_a_cached_capture_equals_a_new_one_and_is_made_once(
    counted: CountingPrint, tmp_path: Path
) -> None:
    cached = CaptureCache(cache=Cache(root=tmp_path))
    made = make_capture(planned(counted))

    for found in (cached(planned(counted)), cached(planned(counted))):
        assert np.array_equal(found.pixels, made.pixels)
        assert found.aspect == made.aspect
    assert counted.loads == 2


def test_another_picture_number_seed_or_factor_is_another_capture(
    counted: CountingPrint, tmp_path: Path
) -> None:
    cached = CaptureCache(cache=Cache(root=tmp_path))
    others = [
        planned(counted, sha256="another"),
        planned(counted, number=1),
        planned(counted, seed=2),
        PlannedCapture(print=planned(counted).print, number=0, seed=1, factors=CAMERA[:1]),
    ]

    for one in (planned(counted), *others):
        cached(one)

    assert counted.loads == 1 + len(others)


def test_changed_code_makes_the_capture_again(
    counted: CountingPrint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = CaptureCache(cache=Cache(root=tmp_path))
    cached(planned(counted))

    monkeypatch.setattr(capture_cache, "source_code_sha256", lambda: "other code")
    cached(planned(counted))

    assert counted.loads == 2


def test_a_picture_without_a_hash_is_never_cached(counted: CountingPrint, tmp_path: Path) -> None:
    cached = CaptureCache(cache=Cache(root=tmp_path))

    cached(planned(counted, sha256=""))

    assert not list(tmp_path.rglob("*"))
