"""Browsing in Chromium: the attract loop, pages of prints, lists, and the ways back."""

import threading
from collections.abc import Callable, Iterator

import pytest
from kiosk_page import HOSTS, wait_for
from playwright.sync_api import Browser, Page, expect
from pluggable_camera import PluggableCamera

from device.config import ScreenConfig
from device.imaging.frames import Pixels
from device.service import KioskService
from device.service.state import Phase
from kiosk_ui import create_app
from kiosk_ui.server import Server

pytestmark = pytest.mark.browser

IDLE_MS, GRACE_MS = 60_000, 30_000
SLIDE_MS = 12_000

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """A function that opens a kiosk's page with a stopped clock; errors fail the test."""
    servers: list[tuple[Server, threading.Thread]] = []
    contexts, complaints = [], []

    def open_one(service: KioskService, motion: str = "no-preference", **how: object) -> Page:
        server = Server(create_app(service, ScreenConfig(), HOSTS), "127.0.0.1", 0)
        servers.append((server, threading.Thread(target=server.run)))
        servers[-1][1].start()
        contexts.append(
            browser.new_context(
                viewport={"width": 1280, "height": 720},
                has_touch=True,
                reduced_motion=motion,  # type: ignore[arg-type]
            )
        )
        page = contexts[-1].new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if how.get("clock", True):
            page.clock.install(time=0)
        page.goto(server.address)
        if how.get("clock", True):
            page.clock.pause_at(10_000)
        expect(page.locator("[data-scene=looking]")).to_be_visible()
        return page

    yield open_one
    for context in contexts:
        context.close()
    for server, thread in servers:
        server.stop()
        thread.join()
    # A minute that passes in a moment asks for more live pictures at once than the kiosk has places for.
    assert [each for each in complaints if "503" not in each] == []


def rest(page: Page) -> None:
    """Let time pass without a touch until the attract loop starts.

    The clock jumps: a minute run through in a moment would request more live pictures than the kiosk
    has slots for, and leave none for the slides.
    """
    page.mouse.click(3, 3)
    page.clock.fast_forward(IDLE_MS)
    expect(page.locator("#attract .slide")).to_be_visible()


def picture(page: Page) -> str:
    """Return the address of the slide's picture, once it is the only slide."""
    expect(page.locator("#attract .slide")).to_have_count(1)
    return page.locator("#attract .slide img").get_attribute("src") or ""


def test_the_attract_loop_runs_until_a_touch_that_presses_nothing_behind(
    open_page: Open, service: KioskService
) -> None:
    service.query.dismiss()
    page = open_page(service)
    rest(page)
    expect(page.locator("#attract .credit")).not_to_be_empty()
    seen = [picture(page)]
    for _ in range(2):
        page.clock.fast_forward(SLIDE_MS)
        expect(page.locator("#attract .slide")).to_have_count(2)  # one fades into the other
        page.clock.fast_forward(3000)
        seen.append(picture(page))
    assert len(set(seen)) == 3
    page.touchscreen.tap(1200, 660)  # where the stand's own button lies
    expect(page.locator("#attract")).not_to_be_visible()
    assert service.snapshot().state.phase is Phase.LOOKING


def test_any_key_ends_the_attract_loop_and_a_language_button_still_works(
    open_page: Open, service: KioskService
) -> None:
    service.query.dismiss()
    page = open_page(service)
    rest(page)
    page.keyboard.press("Enter")
    expect(page.locator("#attract")).not_to_be_visible()
    rest(page)
    page.locator("#attract .switches [value=fr]").tap()
    expect(page.locator("#attract")).not_to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_with_reduced_motion_one_print_stays(open_page: Open, service: KioskService) -> None:
    service.query.dismiss()
    page = open_page(service, motion="reduce")
    rest(page)
    seen = picture(page)
    for _ in range(5):
        page.clock.fast_forward(SLIDE_MS)
    assert picture(page) == seen


def test_a_held_print_ends_the_attract_loop(
    open_page: Open,
    open_hands_free: Callable[[Pixels], tuple[KioskService, PluggableCamera]],
    table: Pixels,
    held: Pixels,
) -> None:
    service, camera = open_hands_free(table)
    wait_for(service, Phase.LOOKING)
    page = open_page(service)
    rest(page)
    camera.pixels = held
    for _ in range(100):
        page.clock.run_for(200)
        if not page.locator("#attract").is_visible():
            break
        page.wait_for_timeout(50)
    expect(page.locator("#attract")).not_to_be_visible()


def place_of_back(page: Page) -> list[int]:
    """Return the position of the Back button, in pixels."""
    box = page.locator("#reading").get_by_role("button", name="Back").bounding_box()
    assert box is not None
    return [round(value) for value in box.values()]


def test_the_collection_can_be_browsed_by_touch_and_back_again(
    open_page: Open, service: KioskService
) -> None:
    service.query.dismiss()
    page = open_page(service, clock=False)
    sheet = page.locator("#reading")
    page.get_by_role("button", name="Browse").tap()
    expect(sheet.get_by_role("heading", level=1)).to_have_text("All prints")
    place = place_of_back(page)
    sheet.get_by_role("button", name="Makers", exact=True).tap()
    expect(sheet.get_by_role("heading", level=1)).to_have_text("Makers")
    door = sheet.locator(".door").first
    name = door.locator("span").first.inner_text()
    door.tap()
    expect(sheet.get_by_role("heading", level=1)).to_have_text(name)
    sheet.locator(".card").first.tap()
    title = sheet.locator("[data-scene=record] h1")
    expect(title).to_be_visible()
    first = title.inner_text()
    assert place_of_back(page) == place
    sheet.locator(".others .card").first.tap()  # what looks like it
    expect(title).not_to_have_text(first)
    sheet.get_by_role("button", name="Back").tap()
    expect(title).to_have_text(first)
    for heading in (name, "Makers", "All prints"):
        sheet.get_by_role("button", name="Back").tap()
        expect(sheet.get_by_role("heading", level=1)).to_have_text(heading)
    sheet.get_by_role("button", name="Back").tap()
    expect(sheet).not_to_be_visible()


def test_home_is_one_press_from_everywhere(open_page: Open, service: KioskService) -> None:
    service.query.dismiss()
    page = open_page(service, clock=False)
    service.query.look()
    wait_for(service, Phase.FOUND)
    expect(page.locator("#stage [data-scene=answer]:not(.goes)")).to_be_visible()
    page.get_by_role("button", name="Read more").tap()
    page.locator("#reading .others .card").first.tap()
    page.locator("#reading").get_by_role("button", name="Home", exact=True).tap()
    expect(page.locator("#reading")).not_to_be_visible()
    expect(page.locator("#stage [data-scene=looking]:not(.goes)")).to_be_visible()


def test_a_print_can_be_opened_and_left_by_keyboard_alone(
    open_page: Open, service: KioskService
) -> None:
    service.query.dismiss()
    page = open_page(service, clock=False)
    page.get_by_role("button", name="Browse").focus()
    page.keyboard.press("Enter")
    wall = page.locator("#reading [data-scene=browsing]")
    expect(wall).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.card')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#reading [data-scene=record]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(wall).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reading")).not_to_be_visible()


def test_browsing_filters_do_not_affect_the_camera_search(
    open_page: Open, service: KioskService
) -> None:
    service.query.dismiss()
    page = open_page(service, clock=False)
    page.get_by_role("button", name="Browse").tap()
    page.locator("#reading [data-action=sift]").tap()
    panel = page.locator("#sifting")
    panel.locator("[name=maker]").first.check(force=True)
    expect(panel.locator("[name=maker]").first).to_be_checked()
    expect(panel.locator(".remaining")).not_to_have_text("12 prints match")
    remaining = panel.locator(".remaining").inner_text().split()[0]
    panel.get_by_role("button", name="Done").tap()
    expect(page.locator("#reading").get_by_role("status")).to_contain_text(f"{remaining} print")
    page.locator("#reading").get_by_role("button", name="Home", exact=True).tap()
    expect(page.locator("#stage [data-narrowed]")).not_to_be_visible()
    service.query.look()
    wait_for(service, Phase.FOUND)
