"""Outside the opening hours the screen goes dark, and every touch lights it."""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from kiosk_page import app_of, wait_for
from playwright.sync_api import Browser, Page, expect

from device.service import KioskService, StaffFolders, StaffPreferences, StaffService, hours
from device.service.state import Phase
from kiosk_ui.server import Server
from kiosk_ui.stand import api

pytestmark = pytest.mark.browser

MONDAY = hours.parse({"monday": "10:00-18:00"})


class LocalTime:
    """The museum's local time, set by a test."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 20)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def local() -> LocalTime:
    """A clock at eight in the evening of a Monday."""
    return LocalTime()


@pytest.fixture
def stand(
    service: KioskService, tmp_path: Path, local: LocalTime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a kiosk that is open on Mondays from ten to six."""
    monkeypatch.setattr(api, "STATE_WAIT_S", 0.1)
    staff_service = StaffService(
        StaffFolders(staff=tmp_path / "staff"), pause_s=90, now=local.now, sample_s=600
    )
    staff_service.save_preferences(StaffPreferences(opening=MONDAY))
    service.staff = staff_service
    service.query.dismiss()
    server = Server(app_of(service), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.address
    server.stop()
    thread.join()
    service.staff = None
    staff_service.close()
    service.query.dismiss()


def hear(page: Page) -> None:
    """Wait until the page has heard of the service's present state, which takes real time.

    Three answers: the first may have been on its way before the state changed, and the page asks for the third
    only once it has shown the second.
    """
    heard: list[str] = []
    page.on("response", lambda response: heard.append(response.url))
    for _ in range(60):
        page.clock.run_for(1_000)
        page.wait_for_timeout(150)
        if sum("/api/v1/stand/state" in url for url in heard) >= 3:
            return


def test_a_closed_museums_screen_goes_dark_and_a_touch_lights_it(
    browser: Browser, stand: str, local: LocalTime, service: KioskService
) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 480}, has_touch=True)
    page = context.new_page()
    page.clock.install(time=0)
    page.goto(stand)
    page.clock.pause_at(5)
    night = page.locator("#night")
    hear(page)
    expect(night).to_be_hidden()
    page.clock.fast_forward(91_000)
    hear(page)
    expect(page.locator("#moment")).to_be_hidden()
    expect(night).to_be_visible()
    page.touchscreen.tap(400, 420)  # over the button
    expect(night).to_be_hidden()
    assert service.snapshot().state.phase is Phase.LOOKING
    page.clock.fast_forward(91_000)
    expect(night).to_be_visible()
    page.keyboard.press("Tab")
    expect(night).to_be_hidden()
    page.clock.fast_forward(91_000)
    expect(night).to_be_visible()
    service.query.look()  # a visitor holds a print there
    wait_for(service, Phase.FOUND)
    hear(page)
    expect(night).to_be_hidden()
    local.time = datetime(2026, 11, 30, 10)
    hear(page)
    page.clock.run_for(200_000)
    expect(night).to_be_hidden()
    context.close()
