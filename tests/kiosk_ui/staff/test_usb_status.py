"""The message on the stand's screen about an update from a USB stick."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from kiosk_page import OWN, app_of, opener_of, wait_for
from playwright.sync_api import Browser, expect

from device.config import RecognitionConfig
from device.errors import SyncError, UntrustedError
from device.imaging.frames import Pixels
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService, SyncProgress, SyncStep
from device.service.collection.bundle_switch import WatchedStore
from device.service.state import Phase
from device.store import sync_progress
from device.store.bundles import Bundles
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult
from kiosk_ui.server import Server
from kiosk_ui.staff import usb_status
from kiosk_ui.texts import languages, load

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
GOES_ON = {"stick.looking", "stick.fetching", "stick.trying"}
AT_WORK = SyncProgress(
    step=SyncStep.FETCHING,
    source="the stick",
    is_stick=True,
    told="2026-11-23T10:00:00",
    version=41,
    done_bytes=60_000_000,
    total_bytes=110_400_000,
)


@pytest.fixture(scope="module")
def store(small_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a bundle from an old USB update."""
    root = tmp_path_factory.mktemp("stick") / "store"
    shutil.copytree(small_bundle, root / "releases/twelve")
    Bundles(root).activate("twelve")
    come(root, SyncResult.INSTALLED)
    return root


@pytest.fixture(scope="module")
def service(
    store: Path, print_pictures: dict[str, Pixels], shown_ids: tuple[str, ...]
) -> Iterator[KioskService]:
    """A kiosk with that store."""
    camera = CameraSetup(opener=opener_of(print_pictures[shown_ids[0]]))
    recognition = RecognitionConfig(threads=2)
    with KioskService(WatchedStore(store), camera, recognition, notifier=Notifier(None)) as kiosk:
        wait_for(kiosk, Phase.LOOKING)
        yield kiosk


@pytest.fixture
def client(service: KioskService) -> FlaskClient:
    """A client at the stand."""
    return app_of(service).test_client()


def come(store: Path, result: SyncResult) -> None:
    """Record a finished sync from a stick."""

    def sync(tell: Callable[[FetchProgress], None]) -> SyncOutcome:
        tell(FetchProgress(version=41, done_bytes=110_400_000, total_bytes=110_400_000))
        return SyncOutcome(result=result, version=41)

    sync_progress.record_progress(sync, store, "the stick", is_stick=True)


def fail(store: Path, error: SyncError) -> None:
    """Record a failed sync from a stick."""

    def sync(tell: Callable[[FetchProgress], None]) -> SyncOutcome:
        raise error

    with pytest.raises(type(error)):
        sync_progress.record_progress(sync, store, "the stick", is_stick=True)


def words(client: FlaskClient, query: str = "") -> str:
    """Return the stand's message about the stick, or an empty text."""
    response = client.get(f"/stand/stick{query}", headers=OWN)
    assert response.status_code in (200, 204)
    return unescape(response.text)


def test_an_update_before_the_kiosks_start_is_not_shown(
    client: FlaskClient,
) -> None:
    assert words(client) == ""


def test_a_finished_usb_update_says_to_remove_the_stick(client: FlaskClient, store: Path) -> None:
    come(store, SyncResult.INSTALLED)

    said = words(client)

    assert "Update 41 is installed." in said
    assert "You can remove the USB stick now." in said


def test_a_failed_usb_update_shows_its_number_and_a_text(client: FlaskClient, store: Path) -> None:
    fail(store, UntrustedError("the stick: is not signed by this museum <b>"))

    said = words(client)

    assert "E3" in said and "is not from this museum" in said
    assert "You can remove the USB stick now." in said
    assert "signed" not in said  # the line is for the journal and the staff's page


def test_a_guests_phone_sees_no_usb_status(client: FlaskClient, store: Path) -> None:
    come(store, SyncResult.INSTALLED)

    response = client.get("/stand/stick", environ_base={"REMOTE_ADDR": "192.0.2.7"}, headers=OWN)

    assert response.status_code == 403
    assert 'id="stick"' not in client.get("/?guest").text


def test_a_sync_by_network_is_not_shown(client: FlaskClient, store: Path) -> None:
    sync_progress.progress_path(store, is_stick=True).unlink(missing_ok=True)

    sync_progress.record_progress(
        lambda tell: SyncOutcome(result=SyncResult.UP_TO_DATE, version=41),
        store,
        "https://x.example",
    )

    assert words(client) == ""


@pytest.mark.parametrize("step", SyncStep)
def test_every_step_has_a_text_and_says_what_to_do_with_the_stick(step: SyncStep) -> None:
    said = usb_status.notice(replace(AT_WORK, step=step))

    for language in languages():
        assert {said.words, said.advice} <= load(language).keys()
    assert said.advice == ("stick.remove" if said.words not in GOES_ON else "stick.leave")


def test_every_numbered_error_has_its_own_text() -> None:
    numbers = {kind.number for kind in SyncError.__subclasses__()}

    found = {
        usb_status.notice(replace(AT_WORK, step=SyncStep.FAILED, number=number)).words
        for number in numbers
    }

    assert numbers == set(usb_status.NUMBERED)
    assert found == {f"stick.e{number}" for number in numbers}
    assert all(found <= load(language).keys() for language in languages())


def test_an_error_without_its_own_text_shows_its_number() -> None:
    said = usb_status.notice(replace(AT_WORK, step=SyncStep.FAILED, number=1))

    assert (said.words, said.number, said.is_bad) == ("stick.failed", 1, True)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(800, 480), (1280, 800), (720, 1280)], ids=str)
@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_usb_status_is_accessible_and_covers_nothing(
    browser: Browser,
    service: KioskService,
    store: Path,
    size: tuple[int, int],
    language: str,
    tmp_path: Path,
) -> None:
    fail(store, UntrustedError("the stick: is not signed by this museum"))
    server = Server(app_of(service), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    try:
        page.goto(f"{server.address}?language={language}&text=large")
        strip = page.locator("#stick .stick-words")
        expect(strip).to_be_visible()
        assert load(language)("stick.remove") in strip.inner_text()
        main = page.locator("#stage .button.main").bounding_box()
        box = page.locator("#stick").bounding_box()
        assert main and box
        assert main["y"] + main["height"] <= box["y"] + 1
        assert box["y"] + box["height"] <= size[1] + 1
        page.screenshot(path=tmp_path / "strip.png")
        assert not Axe().run(page, options=RULES).response["violations"]
        page.screenshot(path=tmp_path / "strip.png")
        come(store, SyncResult.INSTALLED)
        expect(strip).to_contain_text("41")
    finally:
        page.close()
        server.stop()
        thread.join()
