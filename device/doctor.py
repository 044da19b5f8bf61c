"""What is right on this machine and what isn't, in plain words, with what to do."""

from collections.abc import Callable, Iterator
from pathlib import Path

from device import host_checks
from device.bundle.reader import OpenedBundle, open_bundle, verify
from device.cameras import CameraSource
from device.config import Config
from device.errors import KioskError
from device.host_checks import HostCheck
from device.recognition.embedding.fingerprint import choose_threads
from device.recognition.recogniser import Recogniser
from device.recognition.self_test import lost_probes

_FIRST_FRAME_S = 10.0


def examine(
    bundle: Path, config: Config, open_camera: Callable[[OpenedBundle | None], CameraSource] | None
) -> tuple[HostCheck, ...]:
    """Look at everything an answer needs, on this machine.

    Args:
        bundle: The bundle's folder.
        config: How the kiosk is set up.
        open_camera: Gives an opened camera, or raises `CameraError`; `None` leaves it alone.
    """
    findings = [*host_checks.examine(config), *_bundle(bundle, config)]
    if open_camera is not None:
        findings.append(_camera(open_camera, bundle, config))
    return tuple(findings)


def _bundle(path: Path, config: Config) -> Iterator[HostCheck]:
    try:
        manifest = verify(path)
    except KioskError as error:
        advice = "make one with `printkiosk-convert build`, or name one with --bundle"
        yield HostCheck(what="bundle", found=str(error), is_good=False, advice=advice)
        return
    found = f"{manifest.title}, {manifest.items} prints, every byte as its manifest says"
    yield HostCheck(what="bundle", found=found, is_good=True)
    yield _self_search(path, config)


def _self_search(path: Path, config: Config) -> HostCheck:
    """Ask for the bundle's own probe prints: each must find itself."""
    try:
        opened = open_bundle(path)
    except KioskError as error:
        return HostCheck(
            what="self-search", found=str(error), is_good=False, advice="fetch the bundle again"
        )
    try:
        threads = choose_threads(config.recognition.threads)
        lost = lost_probes(opened, Recogniser(opened, threads=threads))
    except KioskError as error:
        return HostCheck(
            what="self-search", found=str(error), is_good=False, advice="install the software again"
        )
    finally:
        opened.close()
    probes = len(opened.manifest.probes)
    if lost:
        found = f"{len(lost)} of {probes} known prints don't find themselves: {', '.join(lost)}"
        return HostCheck(
            what="self-search", found=found, is_good=False, advice="build the bundle again"
        )
    return HostCheck(
        what="self-search", found=f"all {probes} known prints find themselves", is_good=True
    )


def _camera(
    open_camera: Callable[[OpenedBundle | None], CameraSource], path: Path, config: Config
) -> HostCheck:
    if config.camera.kind == "none":
        return HostCheck(what="camera", found="switched off, as configured", is_good=True)
    if host_checks.is_answered_by_us(config.listen):
        return HostCheck(what="camera", found="in the running kiosk's hands", is_good=True)
    try:
        bundle = open_bundle(path)
    except KioskError:
        bundle = None
    try:
        with open_camera(bundle) as camera:
            frame = camera.read(_FIRST_FRAME_S)
        height, width = frame.pixels.shape[:2]
        return HostCheck(what="camera", found=f"{camera.name} gives {width}x{height}", is_good=True)
    except KioskError as error:
        advice = "check the cable; without a camera visitors can still upload a picture"
        return HostCheck(what="camera", found=str(error), is_good=False, advice=advice)
    finally:
        if bundle is not None:
            bundle.close()
