"""A running kiosk with the real bundle, and a camera that a test plugs in and pulls out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from blocking_notifier import LONG_S, BlockingNotifier
from pluggable_camera import PluggableCamera

from device.bundle.reader import OpenedBundle
from device.cameras import CameraSource
from device.config import RecognitionConfig
from device.imaging import encoding
from device.imaging.frames import Pixels
from device.service import CameraSetup, KioskService
from device.service.state import KioskState

CONFIG = RecognitionConfig(threads=1, matches=3, waiting=2)


@contextmanager
def kiosk(
    bundle: Path,
    camera: Callable[[OpenedBundle | None], CameraSource],
    notifier: BlockingNotifier,
) -> Iterator[KioskService]:
    """Yield a running kiosk that opens a lost camera again without delay."""
    setup = CameraSetup(opener=camera, pauses_s=(0.01,))
    service = KioskService(bundle, setup, CONFIG, notifier=notifier)
    try:
        yield service
    finally:
        notifier.gate.set()
        service.close()


def opened_camera(camera: PluggableCamera) -> PluggableCamera:
    """Return the camera, opened, as an opener does."""
    camera.open()
    return camera


def until(service: KioskService, holds: Callable[[KioskState], bool]) -> KioskState:
    """Return the next state that meets a condition; fail when none comes in time."""
    snapshot = service.snapshot()
    while not holds(snapshot.state):
        newer = service.snapshot(after=snapshot.revision, timeout_s=LONG_S)
        assert newer.revision > snapshot.revision, snapshot.state
        snapshot = newer
    return snapshot.state


def upload(pixels: Pixels) -> bytes:
    """Return a picture as a visitor's phone sends it."""
    return encoding.to_jpeg(pixels, side=800)
