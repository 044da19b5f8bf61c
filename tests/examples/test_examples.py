"""Each example runs, and does what it says."""

import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from kiosk_page import app_of, no_camera
from PIL import Image

from device.config import CameraConfig, RecognitionConfig
from device.errors import CameraLostError, CameraMissingError
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService
from kiosk_ui.server import Server

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "demo/collection/images/pg8710-001.jpg"


def example(name: str) -> ModuleType:
    """Return an example, loaded from its file."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def kiosk() -> Iterator[str]:
    """The address of a real kiosk that serves the demo."""
    service = KioskService(
        ROOT / "demo/bundle",
        CameraSetup(opener=no_camera),
        RecognitionConfig(threads=2),
        notifier=Notifier(None),
    )
    with service:
        server = Server(app_of(service), "127.0.0.1", 0)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield server.address.rstrip("/")
        server.stop()
        thread.join()


def test_a_bundles_makers_are_listed_with_sqlite_alone() -> None:
    makers = example("read_bundle").makers(ROOT / "demo/bundle", most=3)

    assert len(makers) == 3
    assert [count for _, count in makers] == sorted((count for _, count in makers), reverse=True)


def test_a_camera_of_ones_own_keeps_the_contract() -> None:
    camera = example("own_camera").StripeCamera(CameraConfig())
    with camera:
        first, second = camera.read(1.0), camera.read(1.0)
    assert second.number == first.number + 1
    assert not np.array_equal(first.pixels, second.pixels)
    with pytest.raises(CameraLostError):
        camera.read(1.0)
    with pytest.raises(CameraMissingError):
        example("own_camera").StripeCamera(CameraConfig(), is_plugged_in=False).open()


def test_a_kiosk_is_asked_over_http(kiosk: str) -> None:
    module = example("ask_kiosk")

    answer = module.ask(PICTURE, kiosk)

    assert answer["matches"][0]["record"]["record_id"] == PICTURE.stem
    assert module.describe(answer).startswith("same_print: ")


def test_a_kiosk_asked_for_a_print_that_it_has_not_says_so(kiosk: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 400, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    module = example("ask_kiosk")

    described = module.describe(module.ask(tmp_path / "noise.png", kiosk))

    assert not described.startswith("same_print")
