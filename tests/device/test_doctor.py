"""The doctor reports the state of each part, with advice if it fails."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pluggable_camera import PluggableCamera

from converter.build import bundle_writer
from device.bundle import layout
from device.bundle.manifest import Manifest
from device.bundle.reader import OpenedBundle, read_manifest
from device.cameras import CameraSource
from device.config import CameraConfig, Config, ListenConfig
from device.doctor import examine
from device.errors import CameraBusyError, CameraMissingError
from device.host_checks import HostCheck
from device.imaging.frames import Pixels

# Another program may use port 8080 while tests run.
HOST = ["machine", "camera software", "clock", "disk space", "address"]
ANY_PORT = Config(listen=ListenConfig(port=0))


@pytest.fixture
def camera(print_pictures: dict[str, Pixels]) -> PluggableCamera:
    """A camera that works."""
    return PluggableCamera(next(iter(print_pictures.values())))


def run_checks(
    bundle: Path, camera: PluggableCamera, config: Config | None = None
) -> dict[str, HostCheck]:
    """Return the checks by name."""

    def choose(bundle: OpenedBundle | None) -> CameraSource:
        camera.open()
        return camera

    checks = examine(bundle, config or ANY_PORT, choose)
    assert all(check.is_good or check.advice for check in checks)
    assert all("\n" not in check.found + check.advice for check in checks)
    return {check.name: check for check in checks}


@pytest.mark.slow
def test_all_checks_pass_with_an_intact_bundle_and_a_camera(
    small_bundle: Path, camera: PluggableCamera
) -> None:
    checks = run_checks(small_bundle, camera)

    assert list(checks) == [*HOST, "bundle", "self-test", "camera"]
    assert all(check.is_good for check in checks.values())
    assert "12 prints" in checks["bundle"].found
    assert checks["self-test"].found == "all 3 probe prints find themselves"
    assert checks["camera"].found.startswith("pluggable:0 delivers ")
    assert not camera.is_open


def test_an_altered_bundle_fails_and_the_camera_is_checked_all_the_same(
    bundle_copy: Path, camera: PluggableCamera
) -> None:
    path = bundle_copy / layout.INDEX
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.unlink()
    path.write_bytes(data)

    checks = run_checks(bundle_copy, camera)

    assert list(checks) == [*HOST, "bundle", "camera"]
    assert not checks["bundle"].is_good
    assert "index.ann has sha256" in checks["bundle"].found
    assert checks["camera"].is_good


def test_a_missing_bundle_fails_with_advice(tmp_path: Path, camera: PluggableCamera) -> None:
    checks = run_checks(tmp_path, camera)

    assert "found no manifest.json" in checks["bundle"].found
    assert "printkiosk-convert build" in checks["bundle"].advice


@pytest.mark.slow
def test_a_print_that_does_not_find_itself_is_named(
    bundle_copy: Path, camera: PluggableCamera, change_manifest: Callable[..., Manifest]
) -> None:
    """Pictures of two prints are swapped, as if the build had shifted its rows."""
    first, second, _ = read_manifest(bundle_copy).probes
    path = bundle_copy / layout.picture_shard(0)
    data = path.read_bytes()
    path.unlink()
    for old, new in ((first, "#" * len(first)), (second, first), ("#" * len(first), second)):
        assert len(old) == len(new)
        data = data.replace(old.encode(), new.encode())
    path.write_bytes(data)
    change_manifest(bundle_copy, files=bundle_writer.entries(bundle_copy))

    check = run_checks(bundle_copy, camera)["self-test"]

    assert not check.is_good
    assert check.found == f"2 of 3 probe prints don't find themselves: {first}, {second}"


@pytest.mark.slow
def test_a_missing_camera_fails_with_advice(small_bundle: Path, camera: PluggableCamera) -> None:
    camera.unplug()

    check = run_checks(small_bundle, camera)["camera"]

    assert not check.is_good
    assert check.found == str(CameraMissingError("pluggable:0: no such camera"))
    assert "upload" in check.advice


@pytest.mark.slow
def test_a_camera_in_use_fails_with_other_advice(small_bundle: Path) -> None:
    def busy(bundle: object) -> CameraSource:
        raise CameraBusyError("webcam:0 (HD Webcam): used by another program, zoom (process 9)")

    checks = {each.name: each for each in examine(small_bundle, ANY_PORT, busy)}

    assert not checks["camera"].is_good
    assert "zoom (process 9)" in checks["camera"].found
    assert "end the other program" in checks["camera"].advice


@pytest.mark.parametrize(
    ("health", "found"),
    [
        ({"well": True}, ""),
        ({"well": True, "camera": {"ready": True}}, ""),
        ({"well": True, "camera": {"ready": False}, "note": "webcam:0: used by zoom"}, "zoom"),
        ({"well": True, "camera": {"ready": False}, "note": ""}, "no reason is known"),
    ],
)
def test_a_running_kiosk_is_asked_for_its_camera(
    tmp_path: Path, health: dict[str, object], found: str
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(health).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        config = Config(listen=ListenConfig(port=server.server_port))
        checks = {each.name: each for each in examine(tmp_path, config, unexpected)}
        server.shutdown()
        thread.join()

    check = checks["camera"]
    assert check.is_good == (not found)
    assert found in check.found and bool(check.advice) == bool(found)


def unexpected(bundle: object) -> CameraSource:
    """Fail: a running kiosk's camera can't be opened a second time."""
    raise AssertionError("the camera was opened")


@pytest.mark.slow
def test_a_disabled_camera_passes(small_bundle: Path, camera: PluggableCamera) -> None:
    config = Config(camera=CameraConfig(kind="none"))

    check = run_checks(small_bundle, camera, config)["camera"]

    assert check.is_good
    assert check.found == "disabled in the configuration"
