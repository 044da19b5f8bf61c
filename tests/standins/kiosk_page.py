"""A kiosk for the page's tests: a camera under which one print lies, and the page over it."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Locator, Page

from device.cameras import CameraSource, ReplayPicture
from device.cameras.replay import ReplayCamera
from device.config import CameraConfig, ScreenConfig
from device.errors import CameraMissingError
from device.imaging.frames import Pixels
from device.service import KioskService
from device.service.state import Phase
from kiosk_ui import create_app
from kiosk_ui.server import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A kiosk that listens on a real socket."""

    service: KioskService
    server: Server
    address: str
    port: int


Listen = Callable[[KioskService], Listening]
HOSTS = ("127.0.0.1", "localhost")
OWN = {"Sec-Fetch-Site": "same-origin"}


def jpeg_of(pixels: Pixels) -> bytes:
    """Give a picture as a JPEG file's content."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def opener_of(pixels: Pixels) -> Callable[..., CameraSource]:
    """Give an opener of a camera under which one print lies, filling the frame."""

    def opener(*_: object) -> CameraSource:
        picture = ReplayPicture(name="print", load=lambda: pixels)
        camera = ReplayCamera(CameraConfig(fps=30), pictures=[picture])
        camera.open()
        return camera

    return opener


def no_camera(*_: object) -> CameraSource:
    """Fail as the hardware seam does where there is no camera."""
    raise CameraMissingError("camera: there is none")


def wait_for(service: KioskService, *phases: Phase) -> Phase:
    """Give the phase once it is one of those wanted."""
    snapshot = service.snapshot()
    for _ in range(100):
        if snapshot.state.phase in phases:
            return snapshot.state.phase
        snapshot = service.snapshot(snapshot.revision, 0.5)
    pytest.fail(f"expected {phases}, found {snapshot.state}")


def choose(picture: bytes, within: Page | Locator) -> None:
    """Hand a JPEG in, as a guest chooses one of their own."""
    upload = within.locator("[data-upload]").first
    upload.set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture})


def app_of(service: KioskService) -> Flask:
    """Give the application for a kiosk."""
    return create_app(service, ScreenConfig(), HOSTS)
