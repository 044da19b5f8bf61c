"""The doctor says of each part whether it is right, what it found, and what to do where it isn't."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hand_camera import HandCamera

from converter.build import bundle_writer
from device.bundle import layout
from device.bundle.manifest import Manifest
from device.bundle.reader import OpenedBundle, read_manifest
from device.cameras import CameraSource
from device.config import CameraConfig, Config, ListenConfig
from device.doctor import examine
from device.errors import CameraMissingError
from device.host_checks import HostCheck
from device.imaging.frames import Pixels

# Others may listen at 8080 while tests run.
MACHINE = ["machine", "camera software", "clock", "room", "address"]
ANY_PORT = Config(listen=ListenConfig(port=0))


@pytest.fixture
def camera(print_pictures: dict[str, Pixels]) -> HandCamera:
    """A camera that works."""
    return HandCamera(next(iter(print_pictures.values())))


def examined(
    bundle: Path, camera: HandCamera, config: Config | None = None
) -> dict[str, HostCheck]:
    """Give the findings by what was looked at."""

    def choose(bundle: OpenedBundle | None) -> CameraSource:
        camera.open()
        return camera

    findings = examine(bundle, config or ANY_PORT, choose)
    assert all(finding.is_good or finding.advice for finding in findings)
    assert all("\n" not in finding.found + finding.advice for finding in findings)
    return {finding.what: finding for finding in findings}


def test_all_is_well_with_a_sound_bundle_and_a_camera(
    small_bundle: Path, camera: HandCamera
) -> None:
    findings = examined(small_bundle, camera)

    assert list(findings) == [*MACHINE, "bundle", "self-search", "camera"]
    assert all(finding.is_good for finding in findings.values())
    assert "12 prints" in findings["bundle"].found
    assert findings["self-search"].found == "all 3 known prints find themselves"
    assert findings["camera"].found.startswith("hand:0 gives ")
    assert not camera.is_open


def test_an_altered_bundle_is_found_and_the_camera_looked_at_all_the_same(
    bundle_copy: Path, camera: HandCamera
) -> None:
    path = bundle_copy / layout.INDEX
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.unlink()
    path.write_bytes(data)

    findings = examined(bundle_copy, camera)

    assert list(findings) == [*MACHINE, "bundle", "camera"]
    assert not findings["bundle"].is_good
    assert "index.ann has sha256" in findings["bundle"].found
    assert findings["camera"].is_good


def test_a_missing_bundle_is_found(tmp_path: Path, camera: HandCamera) -> None:
    findings = examined(tmp_path, camera)

    assert "found no manifest.json" in findings["bundle"].found
    assert "printkiosk-convert build" in findings["bundle"].advice


def test_a_print_that_does_not_find_itself_is_named(
    bundle_copy: Path, camera: HandCamera, change_manifest: Callable[..., Manifest]
) -> None:
    """Its pictures exchanged with another's, as if rows had been shifted when the bundle was built."""
    first, second, _ = read_manifest(bundle_copy).probes
    path = bundle_copy / layout.picture_shard(0)
    data = path.read_bytes()
    path.unlink()
    for old, new in ((first, "#" * len(first)), (second, first), ("#" * len(first), second)):
        assert len(old) == len(new)
        data = data.replace(old.encode(), new.encode())
    path.write_bytes(data)
    change_manifest(bundle_copy, files=bundle_writer.entries(bundle_copy))

    finding = examined(bundle_copy, camera)["self-search"]

    assert not finding.is_good
    assert finding.found == f"2 of 3 known prints don't find themselves: {first}, {second}"


def test_a_camera_that_is_missing_is_found(small_bundle: Path, camera: HandCamera) -> None:
    camera.pull()

    finding = examined(small_bundle, camera)["camera"]

    assert not finding.is_good
    assert finding.found == str(CameraMissingError("hand:0: no such camera"))
    assert "upload" in finding.advice


def test_a_camera_switched_off_is_no_fault(small_bundle: Path, camera: HandCamera) -> None:
    config = Config(camera=CameraConfig(kind="none"))

    finding = examined(small_bundle, camera, config)["camera"]

    assert finding.is_good
    assert finding.found == "switched off, as configured"
