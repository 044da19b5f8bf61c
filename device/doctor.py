"""Check everything that the kiosk needs on this machine, with advice for each problem."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from device import host_checks
from device.bundle.reader import OpenedBundle, open_bundle, verify
from device.cameras import CameraSource
from device.cameras.v4l2 import VideoDevices
from device.config import Config
from device.errors import CameraBusyError, KioskError
from device.host_checks import HostCheck
from device.recognition.embedding.fingerprint import choose_threads
from device.recognition.recogniser import Recogniser
from device.recognition.self_test import failed_probes

_FIRST_FRAME_S = 10.0
_ADVICE = (
    "check the cable, and `printkiosk-device cameras`; "
    "without a camera, visitors can still upload a picture"
)


def examine(
    bundle: Path, config: Config, open_camera: Callable[[OpenedBundle | None], CameraSource] | None
) -> tuple[HostCheck, ...]:
    """Check the machine, the bundle and the camera.

    Args:
        bundle: The bundle's folder.
        config: The kiosk's configuration.
        open_camera: Returns an open camera or raises `CameraError`; `None` to skip the camera.

    Returns:
        One result for each check; the self-test is left out if the bundle is damaged.
    """
    devices = None if open_camera is None else VideoDevices()
    checks = [*host_checks.examine(config, devices), *_bundle(bundle, config)]
    if open_camera is not None:
        checks.append(_camera(open_camera, bundle, config))
    return tuple(checks)


def _bundle(path: Path, config: Config) -> Iterator[HostCheck]:
    try:
        manifest = verify(path)
    except KioskError as error:
        advice = "build a bundle with `printkiosk-convert build`, or name one with --bundle"
        yield HostCheck(name="bundle", found=str(error), is_good=False, advice=advice)
        return
    found = f"{manifest.title}, {manifest.items} prints, every file matches the manifest"
    yield HostCheck(name="bundle", found=found, is_good=True)
    yield _self_test(path, config)


def _self_test(path: Path, config: Config) -> HostCheck:
    """Search for each probe print of the bundle; it must find itself."""
    try:
        opened = open_bundle(path)
    except KioskError as error:
        return HostCheck(
            name="self-test", found=str(error), is_good=False, advice="fetch the bundle again"
        )
    try:
        threads = choose_threads(config.recognition.threads)
        lost = failed_probes(opened, Recogniser(opened, threads=threads))
    except KioskError as error:
        return HostCheck(
            name="self-test", found=str(error), is_good=False, advice="install the software again"
        )
    finally:
        opened.close()
    probes = len(opened.manifest.probes)
    if lost:
        found = f"{len(lost)} of {probes} probe prints don't find themselves: {', '.join(lost)}"
        return HostCheck(
            name="self-test", found=found, is_good=False, advice="build the bundle again"
        )
    return HostCheck(
        name="self-test", found=f"all {probes} probe prints find themselves", is_good=True
    )


def _camera(
    open_camera: Callable[[OpenedBundle | None], CameraSource], path: Path, config: Config
) -> HostCheck:
    if config.camera.kind == "none":
        return HostCheck(name="camera", found="disabled in the configuration", is_good=True)
    health = host_checks.kiosk_health(config.listen)
    if health is not None:
        return _kiosks_camera(health)
    try:
        bundle = open_bundle(path)
    except KioskError:
        bundle = None
    try:
        with open_camera(bundle) as camera:
            frame = camera.read(_FIRST_FRAME_S)
        height, width = frame.pixels.shape[:2]
        return HostCheck(
            name="camera", found=f"{camera.name} delivers {width}x{height}", is_good=True
        )
    except KioskError as error:
        return HostCheck(name="camera", found=str(error), is_good=False, advice=_advice(error))
    finally:
        if bundle is not None:
            bundle.close()


def _kiosks_camera(health: Mapping[str, Any]) -> HostCheck:
    """Return what the running kiosk says of its camera, which can't be opened a second time."""
    camera = health.get("camera")
    if not isinstance(camera, dict) or camera.get("ready", True):
        return HostCheck(name="camera", found="in use by the running kiosk", is_good=True)
    note = str(health.get("note") or "no reason is known yet")
    found = f"the running kiosk has no picture: {note}"
    return HostCheck(name="camera", found=found, is_good=False, advice=_ADVICE)


def _advice(error: KioskError) -> str:
    if isinstance(error, CameraBusyError):
        return "end the other program; the kiosk then takes the camera by itself"
    return _ADVICE
