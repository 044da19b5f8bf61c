"""A whole visit by the accessibility tree alone: roles, names, headings, announcements."""

import threading
from collections.abc import Iterator

import pytest
from kiosk_page import HOSTS
from playwright.sync_api import Browser, Locator, Page, expect

from device.config import ScreenConfig
from device.service import KioskService
from kiosk_ui import create_app
from kiosk_ui.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, service: KioskService) -> Iterator[Page]:
    """The stand's page, waiting for a visitor."""
    service.query.dismiss()
    server = Server(create_app(service, ScreenConfig(language="en"), HOSTS), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    opened = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    opened.goto(server.address)
    yield opened
    opened.close()
    server.stop()
    thread.join()
    service.query.dismiss()


def press(within: Page | Locator, name: str) -> None:
    """Press the button of this name, as a screen reader's user does."""
    within.get_by_role("button", name=name, exact=True).press("Enter")


def test_a_whole_visit_is_possible_with_a_screen_reader(
    page: Page, service: KioskService, shown_ids: tuple[str, ...]
) -> None:
    title = service.collection.record(shown_ids[0]).title
    main, told = page.get_by_role("main"), page.get_by_role("status").first
    expect(page.get_by_role("banner")).to_contain_text("Twelve prints")
    expect(main.get_by_role("heading", level=1)).to_have_text("Hold a print under the camera")
    expect(main.get_by_role("img", name="What the camera sees")).to_be_visible()

    press(main, "Which print is this?")
    expect(told).to_contain_text(f"This print: {title}")
    expect(main.get_by_role("heading", level=1)).to_have_text(title)
    expect(main.get_by_role("img", name=f"Picture of {title}")).to_be_visible()
    expect(main.get_by_role("heading", level=2, name="Similar prints")).to_be_visible()
    assert main.get_by_role("listitem").count() > 0

    press(main, "Read more")
    reading = page.get_by_role("dialog", name="The collection")
    expect(reading.get_by_role("heading", level=1)).to_have_text(title)
    press(reading, "Back")
    expect(reading).to_be_hidden()

    press(main, "Why this one?")
    why = page.get_by_role("dialog", name="Why this one?")
    expect(why.get_by_role("img").first).to_be_visible()
    press(why, "Back")
    expect(why).to_be_hidden()

    press(page.get_by_role("form", name="Languages"), "DE, Deutsch")
    expect(page.get_by_role("form", name="Sprachen")).to_be_visible()
    expect(told).to_contain_text(f"Dieses Blatt: {title}")
    press(main, "Neue Suche")
    expect(told).to_have_text("Halten Sie ein Blatt unter die Kamera")
    assert page.evaluate("document.documentElement.lang") == "de"
