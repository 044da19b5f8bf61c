"""Searching for a part of a print in Chromium: by finger, keys and buttons."""

import re
import threading
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from kiosk_page import HOSTS, OWN, wait_for
from playwright.sync_api import Browser, Page, expect

from device.config import ScreenConfig
from device.service import KioskService
from device.service.state import Phase
from kiosk_ui import create_app
from kiosk_ui.server import Server

BOX = "/answer?corners=0.2,0.2,0.8,0.2,0.8,0.8,0.2,0.8"
JPEG = {"Content-Type": "image/jpeg", "X-Fragment": "1"} | OWN


def test_the_stands_print_is_available_while_its_answer_is(
    client: FlaskClient, service: KioskService
) -> None:
    assert client.get("/api/v1/stand/print.jpg").status_code == 404
    service.query.look()
    wait_for(service, Phase.FOUND)
    response = client.get("/api/v1/stand/print.jpg")
    assert (response.status_code, response.mimetype) == (200, "image/jpeg")
    assert response.headers["Cache-Control"] == "no-store"
    guest = {"REMOTE_ADDR": "192.168.1.7"}
    assert client.get("/api/v1/stand/print.jpg", environ_base=guest).status_code == 403
    service.query.dismiss()
    assert client.get("/api/v1/stand/print.jpg").status_code == 404


def test_a_part_finds_the_print_it_belongs_to(client: FlaskClient, upload: bytes) -> None:
    html = client.post(f"{BOX}&part=1", data=upload, headers=JPEG).text
    assert 'data-kind="part_of"' in html and "This part belongs to" in html


@pytest.mark.slow
def test_a_part_of_no_print_shows_the_most_similar_one(client: FlaskClient) -> None:
    import numpy as np
    from kiosk_page import jpeg_of

    noise = np.random.default_rng(1).integers(0, 256, (400, 400, 3), np.uint8)
    html = client.post(f"{BOX}&part=1", data=jpeg_of(noise), headers=JPEG).text
    assert 'data-kind="part_like"' in html and "Most similar to this part" in html


@pytest.mark.slow
@pytest.mark.parametrize("part", ["2", "yes", "-1"])
def test_the_part_parameter_is_0_or_1(client: FlaskClient, upload: bytes, part: str) -> None:
    assert client.post(f"{BOX}&part={part}", data=upload, headers=JPEG).status_code == 400


@pytest.fixture
def page(browser: Browser, service: KioskService) -> Iterator[Page]:
    """The stand's page with an answer."""
    server = Server(create_app(service, ScreenConfig(), HOSTS), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    service.query.dismiss()
    service.query.look()
    wait_for(service, Phase.FOUND)
    context = browser.new_context(viewport={"width": 1280, "height": 720}, has_touch=True)
    opened = context.new_page()
    opened.goto(server.address)
    opened.get_by_role("button", name="Search a part").tap()
    expect(opened.locator("[data-scene=part] img[data-yours]")).to_be_visible()
    opened.wait_for_function("document.querySelector('[data-scene=part] [data-box]').style.left")
    yield opened
    context.close()
    service.query.dismiss()
    server.stop()
    thread.join()


def box(page: Page) -> list[float]:
    """Return the box's left, top, right and bottom, as shares of the picture."""
    found = page.evaluate("""() => [...document.querySelectorAll('[data-box]')].flatMap(
        (each) => [parseFloat(each.style.left), parseFloat(each.style.top)])""")
    return [value / 100 for value in found]


@pytest.mark.browser
def test_a_box_drawn_by_finger_is_searched(page: Page, service: KioskService) -> None:
    glass = page.locator("[data-scene=part] .glass").bounding_box()
    assert glass is not None
    left, top, width, height = glass["x"], glass["y"], glass["width"], glass["height"]
    page.mouse.move(left + 0.1 * width, top + 0.4 * height)
    page.mouse.down()
    page.mouse.move(left + 0.6 * width, top + 0.9 * height, steps=4)
    page.mouse.up()
    assert box(page) == pytest.approx([0.1, 0.4, 0.6, 0.9], abs=0.01)
    with page.expect_request("**/answer*") as sent:
        page.get_by_role("button", name="Search this part").tap()
    assert re.search(r"part=1", sent.value.url)
    expect(page.locator("#stage .verdict").last).to_have_text(
        re.compile("This part belongs to|Most similar to this part")
    )
    page.get_by_role("button", name="Another picture").tap()
    expect(page.locator("#stage [data-scene=answer]:not(.goes) .verdict")).to_have_text(
        "This print"
    )


@pytest.mark.browser
def test_keys_and_buttons_do_what_a_finger_does(page: Page) -> None:
    page.get_by_role("button", name="Top left corner").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert box(page) == pytest.approx([0.23, 0.23, 0.75, 0.75], abs=0.001)
    page.get_by_role("button", name="Larger").press("Enter")
    assert box(page)[2] - box(page)[0] == pytest.approx(0.65, abs=0.01)
    for _ in range(20):
        page.get_by_role("button", name="Smaller").press("Enter")
    assert box(page)[2] - box(page)[0] == pytest.approx(0.08, abs=0.01)
    glass = page.locator("[data-scene=part] .glass").bounding_box()
    assert glass is not None
    page.touchscreen.tap(glass["x"] + 2, glass["y"] + 2)  # a tap brings it there, never outside
    assert box(page) == pytest.approx([0, 0, 0.08, 0.08], abs=0.01)
