"""Low reach, a museum's own style, and the browser's settings: dark theme, reduced motion."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from kiosk_page import HOSTS, Listen, app_of, no_camera
from playwright.sync_api import Browser, Page, expect

from device.config import ScreenConfig
from device.service import KioskService
from kiosk_ui import create_app
from kiosk_ui.server import Server

# On the 7-inch panel all is within 9 cm: there the language alone goes to the foot.
SIZES = ((800, 480), (1280, 800), (1280, 720), (720, 1280))
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><rect width="4" height="2"/></svg>'
)
# All that is pressed and is no print, by how far down its middle lies, as a share of the screen's height.
HIGH = """() => [...document.querySelectorAll('button, .button, summary')]
  .filter((each) => each.checkVisibility() && !each.closest('.goes, .cards, .facets, .list'))
  .filter((each) => !document.querySelector('dialog[open]') || each.closest('dialog[open]'))
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => (box.top + box.bottom) / 2 < innerHeight / 2)
  .map(([each, box]) => [each.textContent.trim().slice(0, 30), Math.round(box.top)])"""
MOVES = """() => document.getAnimations()
  .map((each) => [each.animationName ?? each.transitionProperty, Number(each.effect.getTiming().duration)])
  .filter(([, duration]) => duration > 1)"""


@pytest.fixture
def address(service: KioskService, listen: Listen) -> Iterator[str]:
    """A kiosk's page, with a print under its camera."""
    service.query.dismiss()
    yield listen(service).address
    service.query.dismiss()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A function that opens the page at a size, in a browser with given settings."""
    contexts = []

    def open_one(query: str = "", size: tuple[int, int] = (1280, 800), **asked: Any) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        contexts.append(browser.new_context(viewport=viewport, has_touch=True, **asked))
        page = contexts[-1].new_page()
        page.goto(address + query)
        return page

    yield open_one
    for context in contexts:
        context.close()


def scene(page: Page, name: str) -> None:
    """Wait until a scene is shown and the one before is gone."""
    expect(page.locator(f"#stage .scene[data-scene={name}]:not(.goes)")).to_be_visible()
    expect(page.locator("#stage .goes")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_with_low_reach_all_controls_are_in_the_lower_half(
    open_page: Callable[..., Page], service: KioskService, size: tuple[int, int]
) -> None:
    page = open_page("?reach=low", size, reduced_motion="reduce")
    is_panel = size[1] == 480
    scene(page, "looking")
    high = {"looking": page.evaluate(HIGH)}
    foot = page.locator("body > .switches").bounding_box()
    assert foot and foot["y"] + foot["height"] > 0.9 * size[1]
    service.query.look()
    scene(page, "answer")
    high["answer"] = page.evaluate(HIGH)
    page.locator(".scene:not(.goes) .more [data-sheet^='/why/']").tap()
    expect(page.locator("#closer .switches")).to_be_visible()
    high["why"] = page.evaluate(HIGH)
    page.locator("#closer [data-action=close]").tap()
    page.locator(".scene:not(.goes) [data-action=narrow]").tap()
    expect(page.locator("#narrowing h1")).to_be_visible()
    high["narrowing"] = page.evaluate(HIGH)
    page.locator("#narrowing [data-action=done]").tap()
    service.query.dismiss()
    scene(page, "looking")
    page.locator(".scene:not(.goes) [data-go]").tap()
    expect(page.locator("#reading .wall")).to_be_visible()
    high["wall"] = page.evaluate(HIGH)
    assert is_panel or not any(high.values()), high
    assert page.locator("#reading .switches").bounding_box() == foot


@pytest.mark.browser
def test_reduced_motion_is_respected(open_page: Callable[..., Page], service: KioskService) -> None:
    page = open_page(reduced_motion="reduce")
    scene(page, "looking")
    moving = page.evaluate(MOVES)
    service.query.look()
    for step in ("answer", "looking"):
        page.wait_for_selector(f"#stage .scene[data-scene={step}]:not(.goes)")
        moving += page.evaluate(MOVES)
        service.query.dismiss()
    assert moving == []


@pytest.mark.browser
def test_a_dark_phone_gets_the_dark_theme_unless_changed(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("?guest", (390, 844), color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("body > .switches summary").tap()
    page.locator("body > .switches [name=theme]").tap()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    scene(page, "invite")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


@pytest.mark.browser
def test_the_stand_keeps_the_configured_theme(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(color_scheme="dark")
    scene(page, "looking")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


@pytest.fixture
def styled(open_service: Callable[..., KioskService], tmp_path: Path) -> Any:
    """A kiosk whose museum has its own logo and colour."""
    folder = tmp_path / "style"
    folder.mkdir()
    (folder / "style.css").write_text(
        ':root { --paper: #123456; --logo: url("/style/logo.svg"); --logo-width: 120px; }', "utf-8"
    )
    (folder / "logo.svg").write_text(LOGO, "utf-8")
    (tmp_path / "secret").write_text("no visitor's", "utf-8")
    return create_app(open_service(no_camera), ScreenConfig(style=folder), HOSTS)


@pytest.mark.parametrize("name", ["../secret", "%2e%2e/secret", "/etc/passwd", "none.css", ""])
def test_only_the_styles_own_folder_is_served(styled: Any, name: str) -> None:
    with styled.test_client().get("/style/style.css") as served:
        assert served.status_code == 200
    answered = styled.test_client().get(f"/style/{name}", follow_redirects=True)
    assert answered.status_code == 404 and "no visitor" not in answered.text


def test_without_a_style_none_is_linked_or_served(
    client: FlaskClient, service: KioskService
) -> None:
    assert "/style/" not in client.get("/").text
    assert app_of(service).test_client().get("/style/style.css").status_code == 404


@pytest.mark.browser
def test_a_museums_style_sets_its_logo_and_background(browser: Browser, styled: Any) -> None:
    server = Server(styled, "127.0.0.1", 0)
    thread = Thread(target=server.run)
    thread.start()
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    fetched: list[tuple[str, int]] = []
    page.on("response", lambda r: fetched.append((r.url.rpartition("/")[2], r.status)))
    try:
        page.goto(server.address)
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert ground == "rgb(18, 52, 86)"
        page.wait_for_load_state("load")
        assert ("logo.svg", 200) in fetched
    finally:
        page.close()
        server.stop()
        thread.join()
