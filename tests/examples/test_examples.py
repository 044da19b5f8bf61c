"""Each example runs, and does what it says."""

import importlib.util
import threading
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from waitress.server import create_server

from device.config import CameraConfig
from device.errors import CameraLostError, CameraMissingError

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "demo/collection/images/pg8710-001.jpg"


def example(name: str) -> ModuleType:
    """Return an example, loaded from its file."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def test_a_kiosk_is_asked_over_http() -> None:
    asked = []

    def kiosk(environ: dict, start_response: object) -> list[bytes]:  # type: ignore[type-arg]
        size = int(environ["CONTENT_LENGTH"])
        asked.append(
            (environ["PATH_INFO"], environ["CONTENT_TYPE"], environ["wsgi.input"].read(size))
        )
        start_response("200 OK", [("Content-Type", "application/json")])  # type: ignore[operator]
        record = b'{"title": "The Raven", "makers": null}'
        return [b'{"verdict": "same_print", "matches": [{"record": ' + record + b"}]}"]

    server = create_server(kiosk, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    module = example("ask_kiosk")

    answer = module.ask(PICTURE, f"http://127.0.0.1:{server.effective_port}")

    assert asked == [("/api/v1/search", "image/jpeg", PICTURE.read_bytes())]
    assert module.describe(answer) == "same_print: The Raven (unknown maker)"
    server.close()
