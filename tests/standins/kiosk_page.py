"""A kiosk for the page's tests: a camera that shows one print, and the page on a socket."""

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
from device.errors import CameraBusyError, CameraMissingError
from device.imaging.frames import Pixels
from device.service import KioskService
from device.service.state import Phase
from kiosk_ui import create_app
from kiosk_ui.server import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A kiosk whose page listens on a real socket."""

    service: KioskService
    server: Server
    address: str
    port: int


Listen = Callable[[KioskService], Listening]
HOSTS = ("127.0.0.1", "localhost")
OWN = {"Sec-Fetch-Site": "same-origin"}


def jpeg_of(pixels: Pixels) -> bytes:
    """Return a picture as the bytes of a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def opener_of(pixels: Pixels) -> Callable[..., CameraSource]:
    """Return an opener of a camera that shows one print, which fills the frame."""

    def opener(*_: object) -> CameraSource:
        picture = ReplayPicture(name="print", load=lambda: pixels)
        camera = ReplayCamera(CameraConfig(fps=30), pictures=[picture])
        camera.open()
        return camera

    return opener


def busy_camera(*_: object) -> CameraSource:
    """Raise the error of a webcam that another program uses."""
    raise CameraBusyError(
        "webcam:0 (HD <Webcam>): used by another program, zoom (process 4242); "
        "end it, and the picture comes by itself"
    )


def no_camera(*_: object) -> CameraSource:
    """Raise the error of a machine without a camera."""
    raise CameraMissingError("camera: there is none")


def wait_for(service: KioskService, *phases: Phase) -> Phase:
    """Return the phase as soon as it is one of `phases`; fail the test after 50 s."""
    snapshot = service.snapshot()
    for _ in range(100):
        if snapshot.state.phase in phases:
            return snapshot.state.phase
        snapshot = service.snapshot(snapshot.revision, 0.5)
    pytest.fail(f"expected {phases}, found {snapshot.state}")


def choose(picture: bytes, within: Page | Locator) -> None:
    """Upload a JPEG, as a visitor does who chooses a picture of their own."""
    upload = within.locator("[data-upload]").first
    upload.set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture})


def app_of(service: KioskService) -> Flask:
    """Return the Flask application of a kiosk."""
    return create_app(service, ScreenConfig(), HOSTS)


def run_off(page: Page) -> list[str]:
    """Return the visible elements that overflow the screen."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('body :is(h1, h2, p, button, a, li, img, figcaption)')]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('dialog:not([open]), .goes'))
      .filter((each) => { const box = each.getBoundingClientRect(); return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1); })
      .map((each) => each.outerHTML.slice(0, 120))
      .concat(document.documentElement.scrollWidth > innerWidth + 1 ? ['the page is wider than the screen'] : [])"""
    )
    return found
