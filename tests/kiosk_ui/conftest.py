"""A real kiosk over the real bundle of twelve prints, with one of them under the camera."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from kiosk_page import Listen, Listening, app_of, jpeg_of, no_camera, opener_of, wait_for
from playwright.sync_api import Browser, expect, sync_playwright
from pluggable_camera import PluggableCamera
from stand_clip import StandClip

from converter.ingest.collection import Item
from device.cameras import CameraSource
from device.config import RecognitionConfig, WatchConfig
from device.imaging.frames import Pixels
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService
from device.service.state import Phase
from kiosk_ui.server import Server

# What a page comes to is waited for as long as a machine with other work on it may need.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def shown_ids(small_items: tuple[Item, ...]) -> tuple[str, ...]:
    """The ids of the prints whose picture may be shown."""
    return tuple(item.record_id for item in small_items if item.show_picture)


@pytest.fixture(scope="session")
def hidden_id(small_items: tuple[Item, ...]) -> str:
    """The id of the print whose licence forbids showing it."""
    return next(item.record_id for item in small_items if not item.show_picture)


@pytest.fixture(scope="session")
def upload(print_pictures: dict[str, Pixels], shown_ids: tuple[str, ...]) -> bytes:
    """The first print as a JPEG."""
    return jpeg_of(print_pictures[shown_ids[0]])


@pytest.fixture
def open_service(small_bundle: Path) -> Iterator[Callable[..., KioskService]]:
    """A function that opens a kiosk, which the end of the test closes."""
    services = []

    def open_one(
        camera: Callable[..., CameraSource] = no_camera,
        bundle: Path = small_bundle,
        notifier: Notifier | None = None,
    ) -> KioskService:
        services.append(
            KioskService(
                bundle,
                CameraSetup(opener=camera),
                RecognitionConfig(threads=2),
                notifier=notifier or Notifier(None),
            )
        )
        return services[-1]

    yield open_one
    for service in services:
        service.close()


@pytest.fixture(scope="session")
def table() -> Pixels:
    """A camera picture of the empty table."""
    return StandClip().empty(0.1).frames[0].pixels


@pytest.fixture(scope="session")
def held(print_pictures: dict[str, Pixels], shown_ids: tuple[str, ...]) -> Pixels:
    """A camera picture of the first print on the table."""
    return StandClip().hold(print_pictures[shown_ids[0]], seconds=0.1).frames[0].pixels


@pytest.fixture
def open_hands_free(
    small_bundle: Path,
) -> Iterator[Callable[[Pixels], tuple[KioskService, PluggableCamera]]]:
    """A function that opens a hands-free kiosk, and returns its camera too."""
    services = []

    def open_one(pixels: Pixels) -> tuple[KioskService, PluggableCamera]:
        camera = PluggableCamera(pixels)
        camera.open()
        recognition = RecognitionConfig(threads=2)
        services.append(
            KioskService(
                small_bundle,
                CameraSetup(opener=lambda bundle: camera, watch=WatchConfig()),
                recognition,
                notifier=Notifier(None),
            )
        )
        return services[-1], camera

    yield open_one
    for service in services:
        service.close()


@pytest.fixture(scope="module")
def service(
    small_bundle: Path, print_pictures: dict[str, Pixels], shown_ids: tuple[str, ...]
) -> Iterator[KioskService]:
    """A kiosk with the first print under its camera."""
    camera = CameraSetup(opener=opener_of(print_pictures[shown_ids[0]]))
    recognition = RecognitionConfig(threads=2)
    with KioskService(small_bundle, camera, recognition, notifier=Notifier(None)) as kiosk:
        wait_for(kiosk, Phase.LOOKING)
        yield kiosk


@pytest.fixture
def client(service: KioskService) -> Iterator[FlaskClient]:
    """A client at the stand, which shows no answer before and after the test."""
    service.query.dismiss()
    yield app_of(service).test_client()
    service.query.dismiss()


@pytest.fixture
def bare_client(open_service: Callable[..., KioskService], tmp_path: Path) -> FlaskClient:
    """A client of a kiosk without a bundle."""
    return app_of(open_service(bundle=tmp_path / "none")).test_client()


@pytest.fixture
def listen() -> Iterator[Listen]:
    """A function that serves a kiosk on a free port until the end of the test."""
    running: list[tuple[Server, threading.Thread]] = []

    def serve(service: KioskService) -> Listening:
        server = Server(app_of(service), "127.0.0.1", 0)
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        port = int(server.address.rstrip("/").rpartition(":")[2])
        return Listening(service=service, server=server, address=server.address, port=port)

    yield serve
    for server, thread in running:
        server.stop()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("chromium: expected on the path, found none; install it (make test does)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium)
        yield running
        running.close()
