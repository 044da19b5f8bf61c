"""The staff's page in Chromium: opened by a gesture, by touch or keyboard, accessible."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from kiosk_page import HOSTS
from playwright.sync_api import Browser, Page, expect

from device.config import ScreenConfig
from device.service import KioskService, StaffFolders, StaffService
from device.staff import pin
from device.staff.unmatched_log import UnmatchedLog, UnmatchedPicture
from kiosk_ui import create_app
from kiosk_ui.server import Server
from kiosk_ui.staff.presenter import PARTS
from kiosk_ui.staff.session_keys import StaffSessions

pytestmark = pytest.mark.browser

GOOD = "471902"
PX_PER_MM = 5.2
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CUT_OFF = """() => [...document.querySelectorAll('h1, h2, p, a, button, label, summary, legend, select, dd, dt')]
  .filter((each) => each.checkVisibility() && !each.closest('.wide'))
  .filter((each) => {
    const box = each.getBoundingClientRect();
    return box.right > innerWidth + 1 || box.left < -1 || !each.matches('select') && each.scrollWidth > each.clientWidth + 1 && each.clientWidth;
  }).map((each) => each.outerHTML.slice(0, 140))"""
TARGETS = """() => [...document.querySelectorAll('a, button, select, label.chip, input:not([type=checkbox]), summary')]
  .filter((each) => each.checkVisibility())
  .map((each) => [each.className, each.outerHTML.slice(0, 60),
                  each.getBoundingClientRect().width, each.getBoundingClientRect().height])"""


@pytest.fixture
def stand(service: KioskService, tmp_path: Path) -> Iterator[str]:
    """The address of a kiosk with a PIN, some counts, and unmatched prints."""
    folder = tmp_path / "staff"
    pin.write(folder, GOOD)
    staff_service = StaffService(StaffFolders(staff=folder), pause_s=90, sample_s=600)
    staff_service.note_visitor("de")
    missed = UnmatchedLog(folder)
    missed._entries.append(
        UnmatchedPicture(time="2026-11-23 14:05", verdict="similar_only", nearest=(("a", 0.7),))
    )
    staff_service.unmatched = missed
    service.staff = staff_service
    service.query.dismiss()
    app = create_app(service, ScreenConfig(px_per_mm=PX_PER_MM), HOSTS, sessions=StaffSessions(300))
    server = Server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.address
    server.stop()
    thread.join()
    service.staff = None
    staff_service.close()
    service.query.dismiss()


@pytest.fixture
def open_page(browser: Browser, stand: str) -> Iterator[Callable[..., Page]]:
    """A function that opens an address of the kiosk at a size, without motion."""
    contexts = []

    def open_one(path: str = "", size: tuple[int, int] = (1280, 800)) -> Page:
        contexts.append(
            browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                has_touch=True,
                reduced_motion="reduce",
            )
        )
        page = contexts[-1].new_page()
        page.goto(stand + path)
        return page

    yield open_one
    for context in contexts:
        context.close()


def go_in(page: Page) -> None:
    """Enter the PIN by touch."""
    for digit in GOOD:
        page.locator(f'[data-digit="{digit}"]').tap()
    page.locator("#door .button.main").tap()
    expect(page.locator(".parts")).to_be_visible()


def faults(page: Page) -> list[Any]:
    """Return axe's findings, cut-off words and too small targets."""
    found = Axe().run(page, options=RULES).response["violations"]
    barred = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found]
    mm = page.evaluate(
        "parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--mm'))"
    )
    boxes = page.evaluate(TARGETS)
    small = [box for box in boxes if min(box[2:]) < max(44, 10 * mm) - 0.5]
    small += [box for box in boxes if "main" in box[0] and min(box[2:]) < 20 * mm - 0.5]
    return [*barred, *page.evaluate(CUT_OFF), *small]


@pytest.mark.parametrize(
    ("language", "size", "look"),
    [
        ("de", (800, 480), "&text=large"),
        ("en", (1280, 800), "&contrast=high&theme=dark"),
        ("fr", (720, 1280), "&text=large&theme=dark"),
        ("it", (800, 480), "&contrast=high"),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else value[:2],
)
def test_every_part_is_accessible_with_uncut_words_and_large_targets(
    open_page: Callable[..., Page], stand: str, language: str, size: tuple[int, int], look: str
) -> None:
    page = open_page(f"staff?language={language}{look}", size)
    found = {"door": faults(page)}
    page.locator("#pin").fill("000000")
    page.locator("#door .button.main").tap()
    expect(page.locator("[role=alert]")).to_be_visible()
    found["wrong"] = faults(page)
    go_in(page)
    for part in PARTS:
        page.goto(f"{stand}staff/{part}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        if part == "capture":
            page.locator(".part .button.main").tap()
            expect(page.locator(".capture img")).to_be_visible()
        found[part] = faults(page)
    bad = [f"{name}: {each}" for name, listed in found.items() for each in listed]
    assert not bad, "\n".join(bad)


def test_five_corner_taps_open_the_sign_in_and_four_do_not(
    open_page: Callable[..., Page], stand: str
) -> None:
    page = open_page()
    expect(page.locator("[data-scene=looking]")).to_be_visible()
    for _ in range(4):
        page.touchscreen.tap(10, 10)
    page.touchscreen.tap(640, 10)  # elsewhere, so the count starts again
    for _ in range(4):
        page.touchscreen.tap(10, 10)
    assert page.url == stand
    page.touchscreen.tap(10, 10)
    page.wait_for_url("**/staff")
    expect(page.locator("#pin")).to_be_focused()


def test_slow_corner_taps_open_nothing(open_page: Callable[..., Page], stand: str) -> None:
    page = open_page()
    expect(page.locator("[data-scene=looking]")).to_be_visible()
    for _ in range(6):
        page.touchscreen.tap(10, 10)
        page.wait_for_timeout(800)
    assert page.url == stand


def test_the_staffs_page_works_by_keyboard_alone(
    open_page: Callable[..., Page], stand: str
) -> None:
    page = open_page()
    expect(page.locator("[data-scene=looking]")).to_be_visible()
    page.keyboard.type("xstaf")
    assert page.url == stand
    page.keyboard.type("staff", delay=50)
    page.wait_for_url("**/staff")
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type(GOOD)
    page.keyboard.press("Enter")
    expect(page.locator("#part-title")).to_have_text("Health")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            """() => { const e = document.activeElement; return [e.textContent.trim(),
              e === document.body || getComputedStyle(e).outlineStyle !== 'none']; }"""
        )
        assert focus[1], f"no focus is seen on {focus[0]}"
        reached.append(focus[0])
        if focus[0] == "Sign out":
            break
    assert {"Usage", "Settings", "Not found", "Test picture", "Log", "Sign out"} <= set(reached)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stand}?anew")
    page.goto(f"{stand}staff/health")
    expect(page.locator("#pin")).to_be_visible()


def test_a_phones_page_has_no_staff_gesture(open_page: Callable[..., Page], stand: str) -> None:
    page = open_page("?guest")
    expect(page.locator("[data-scene=invite]")).to_be_visible()
    page.keyboard.type("staff")
    for _ in range(6):
        page.touchscreen.tap(10, 10)
    assert page.url == f"{stand}?guest"


def test_the_last_digit_can_be_taken_back(open_page: Callable[..., Page]) -> None:
    page = open_page("staff")
    for key in ("[data-digit='4']", "[data-digit='7']", "[data-erase]"):
        page.locator(key).tap()
    assert page.locator("#pin").input_value() == "4"


def test_the_staffs_page_closes_after_a_time_without_a_touch(browser: Browser, stand: str) -> None:
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.clock.install(time=0)
    page.goto(f"{stand}staff")
    go_in(page)
    page.clock.run_for(299_000)
    page.locator("h1").tap()
    page.clock.run_for(299_000)
    expect(page.locator("#part-title")).to_be_visible()
    page.clock.run_for(2000)
    page.wait_for_url(f"{stand}?anew")
    page.goto(f"{stand}staff/health")
    expect(page.locator("#pin")).to_be_visible()
    context.close()


def test_preferences_can_be_set_by_touch_and_are_confirmed(
    open_page: Callable[..., Page], stand: str, service: KioskService
) -> None:
    page = open_page("staff", (800, 480))
    go_in(page)
    page.get_by_role("link", name="Settings").tap()
    page.locator("#attract").select_option("none")
    page.locator("[name=opens_tuesday]").select_option("10:00")
    page.locator("[name=closes_tuesday]").select_option("17:30")
    page.locator("label.chip").tap()
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert service.staff is not None
    chosen = service.staff.preferences
    assert not chosen.attract.enabled
    assert str(chosen.opening.days["tuesday"]) == "10:00-17:30"
    assert chosen.keeps_unmatched
