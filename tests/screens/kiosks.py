"""Kiosks for screenshots, served from this process and paused in short-lived states."""

import contextlib
import io
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import guided
import numpy as np
from blocking_notifier import BlockingNotifier
from PIL import Image, ImageFilter

from device.cameras import CameraSource, ReplayPicture
from device.cameras.replay import ReplayCamera
from device.config import CameraConfig, RecognitionConfig, ScreenConfig, WatchConfig
from device.errors import CameraMissingError, SyncError, UntrustedError
from device.imaging.frames import Pixels
from device.service import CameraSetup, StaffFolders, StaffService
from device.service.collection.bundle_switch import WatchedStore
from device.staff import pin
from device.store import sync_progress
from device.store.bundles import Bundles
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult
from kiosk_ui.app import create_app
from kiosk_ui.server import Server

HOSTS = ("127.0.0.1",)
PIN = "471902"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kiosk:
    """A running kiosk, the notifier that pauses it, and the folder of its bundles."""

    service: guided.FixedVerdictKiosk
    notifier: BlockingNotifier
    address: str
    store: Path


@contextlib.contextmanager
def running(
    bundle: Path,
    open_camera: Callable[..., CameraSource],
    *,
    folder: Path | None = None,
    hands_free: bool = False,
) -> Iterator[Kiosk]:
    """Serve a kiosk in this process for the length of a `with` block.

    Args:
        bundle: The bundle that it searches.
        open_camera: Opens its camera.
        folder: Holds a store and the staff's files; `None` for a kiosk without either.
        hands_free: Whether a print held still is searched automatically.
    """
    notifier = BlockingNotifier()
    store = _store(bundle, folder) if folder else None
    staff = _staff(folder) if folder else None
    with guided.FixedVerdictKiosk(
        WatchedStore(store) if store else bundle,
        CameraSetup(opener=open_camera, watch=WatchConfig(enabled=hands_free)),
        RecognitionConfig(),
        notifier=notifier,
        staff=staff,
    ) as service:
        server = Server(create_app(service, ScreenConfig(), HOSTS), "127.0.0.1", 0)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield Kiosk(
                service=service,
                notifier=notifier,
                address=server.address,
                store=store or bundle,
            )
        finally:
            notifier.gate.set()
            server.stop()
            thread.join()


def _store(bundle: Path, folder: Path) -> Path:
    store = folder / "store"
    if bundle.exists():
        shutil.copytree(bundle, store / "releases/shown", dirs_exist_ok=True)
        Bundles(store).activate("shown")
    store.mkdir(parents=True, exist_ok=True)
    return store


def _staff(folder: Path) -> StaffService:
    pin.write(folder / "staff", PIN)
    return StaffService(StaffFolders(staff=folder / "staff"), pause_s=90)


def report_usb_sync(store: Path, *, is_good: bool) -> None:
    """Record a finished sync from a USB stick, successful or refused."""

    def sync(report: Callable[[FetchProgress], None]) -> SyncOutcome:
        if not is_good:
            raise UntrustedError("the stick: is not signed by this museum")
        report(FetchProgress(version=41, done_bytes=110_400_000, total_bytes=110_400_000))
        return SyncOutcome(result=SyncResult.INSTALLED, version=41)

    with contextlib.suppress(SyncError):
        sync_progress.record_progress(sync, store, "the stick", is_stick=True)


def camera_showing(pixels: Pixels) -> Callable[..., CameraSource]:
    """Return an opener of a camera that shows one picture."""

    def opener(*_: object) -> CameraSource:
        picture = ReplayPicture(name="shown", load=lambda: pixels)
        camera = ReplayCamera(CameraConfig(), pictures=[picture])
        camera.open()
        return camera

    return opener


def no_camera(*_: object) -> CameraSource:
    """Raise the error of a missing camera."""
    raise CameraMissingError("camera: there is none")


def jpeg(pixels: Pixels) -> bytes:
    """Return a picture encoded as JPEG."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=92)
    return file.getvalue()


def not_a_print() -> Pixels:
    """Return a blurred noise picture, which shows no print."""
    noise = np.random.default_rng(7).integers(0, 255, (9, 12, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((960, 720), Image.Resampling.BICUBIC)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(12)))
