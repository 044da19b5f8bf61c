"""The comparison sheet in Chromium: by touch, by keyboard, and no link out of the kiosk."""

import re
from collections.abc import Callable, Iterator

import pytest
from kiosk_page import Listen, choose, wait_for
from playwright.sync_api import Browser, Locator, Page, expect

from device.service import KioskService
from device.service.state import Phase

pytestmark = pytest.mark.browser

SIZES = ((800, 480), (1280, 720), (720, 1280))
PHONE = (390, 844)
LEAST = 10 * 5.2

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, service: KioskService, listen: Listen) -> Iterator[Open]:
    """A function that opens the page; errors and requests to other hosts fail the test."""
    service.query.dismiss()
    address = listen(service).address
    contexts, complaints, strangers = [], [], []

    def open_one(size: tuple[int, int] = SIZES[1], query: str = "", **how: object) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, has_touch=True, **how)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith((address, "blob:")) else strangers.append(r.url),
        )
        page.goto(address + query)
        return page

    yield open_one
    for context in contexts:
        context.close()
    service.query.dismiss()
    assert complaints == []
    assert strangers == []


def answered(page: Page, service: KioskService) -> Page:
    """Search for the stand's print."""
    service.query.look()
    wait_for(service, Phase.FOUND)
    expect(page.locator("#stage .scene:not(.goes)[data-scene=answer]")).to_be_visible()
    return page


def compared(page: Page, service: KioskService) -> Locator:
    """Open the comparison; return its pictures once they are loaded."""
    answered(page, service).get_by_role("button", name="Why this one?").tap()
    expect(page.locator("#closer")).to_be_visible()
    page.wait_for_function(
        "[...document.querySelectorAll('#closer img')].every((i) => i.naturalWidth > 0)"
    )
    return page.locator(".plates")


@pytest.mark.parametrize("size", [*SIZES, PHONE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_both_prints_align_side_by_side_and_overlaid(
    open_page: Open, service: KioskService, size: tuple[int, int]
) -> None:
    page = open_page(size)
    plates = compared(page, service)
    yours, theirs = boxes(page)
    assert (yours["width"], yours["height"]) == (theirs["width"], theirs["height"])
    assert max(abs(yours["x"] - theirs["x"]), abs(yours["y"] - theirs["y"])) > 60
    expect(plates.locator(".area")).to_be_visible()
    expect(page.locator("#closer .lead")).to_have_text(re.compile(r"^\d+ points match, .*\.$"))
    for mode in ("Wipe", "Fade", "Blink"):
        page.get_by_role("button", name=mode).tap()
        yours, theirs = boxes(page)
        assert yours == theirs
        assert_all_can_be_pressed(page)


def boxes(page: Page) -> list[dict[str, float]]:
    """Return the positions of the two pictures."""
    return list(page.evaluate("""() => [...document.querySelectorAll('.plate img')].map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        return { x, y, width, height }; })"""))


def assert_all_can_be_pressed(page: Page) -> None:
    """Check that every target is large, within the page and within reach."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('#closer button, #closer input')]
      .filter((each) => each.checkVisibility()).map((each) => {
        each.scrollIntoView({ block: 'nearest' });
        const { left, right, top, bottom } = each.getBoundingClientRect();
        return [each.textContent, left, innerWidth - right, top, innerHeight - bottom, right - left, bottom - top]; })"""
    )
    assert len(found) >= 6
    assert [each for each in found if min(each[1:5]) < -0.5 or min(each[5:]) < LEAST - 0.5] == []


def test_slider_buttons_and_finger_have_the_same_effect(
    open_page: Open, service: KioskService
) -> None:
    page = open_page()
    plates = compared(page, service)
    page.get_by_role("button", name="Wipe").tap()
    slider = page.get_by_role("slider")
    clip = "getComputedStyle(document.querySelector('.theirs img')).clipPath"
    expect(slider).to_have_value("50")
    assert page.evaluate(clip) == "inset(0px 50% 0px 0px)"
    page.get_by_role("button", name="More of the collection").tap()
    expect(slider).to_have_value("60")
    assert page.evaluate(clip) == "inset(0px 40% 0px 0px)"
    slider.press("ArrowRight")
    expect(slider).to_have_value("61")
    box = plates.locator(".glass").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(slider).to_have_value("25")
    page.get_by_role("button", name="Fade").tap()
    opacity = "getComputedStyle(document.querySelector('.theirs img')).opacity"
    assert page.evaluate(opacity) == "0.25"
    for _ in range(4):
        page.get_by_role("button", name="Less of the collection").tap()
    expect(slider).to_have_value("0")
    assert page.evaluate(opacity) == "0"


def test_blink_changes_on_a_press_and_automatically_only_if_started(
    open_page: Open, service: KioskService
) -> None:
    page = open_page()
    page.clock.install()
    plates = compared(page, service)
    page.get_by_role("button", name="Blink").tap()
    page.clock.run_for(10_000)
    expect(plates).to_have_attribute("data-up", "yours")
    expect(plates.locator(".theirs img")).not_to_be_visible()
    page.get_by_role("button", name="Switch", exact=True).tap()
    expect(plates.locator(".yours img")).not_to_be_visible()
    expect(plates.locator(".theirs img")).to_be_visible()
    run = page.get_by_role("button", name="Automatic")
    run.tap()
    expect(run).to_have_attribute("aria-pressed", "true")
    page.clock.run_for(1300)
    expect(plates).to_have_attribute("data-up", "yours")
    run.tap()
    page.clock.run_for(10_000)
    expect(plates).to_have_attribute("data-up", "yours")


def test_the_matching_area_can_be_hidden(open_page: Open, service: KioskService) -> None:
    page = open_page()
    plates = compared(page, service)
    switch = page.get_by_role("button", name="Matching area")
    switch.tap()
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(plates.locator(".area")).not_to_be_visible()
    switch.tap()
    expect(plates.locator(".area")).to_be_visible()


def test_the_comparison_works_by_keyboard_alone(open_page: Open, service: KioskService) -> None:
    page = answered(open_page(), service)
    for name, then in (("Why this one?", "[data-mode-to=wipe]"), ("Take it home", None)):
        tab_to(page, page.locator(".scene:not(.goes)").get_by_role("button", name=name))
        page.keyboard.press("Enter")
        expect(page.locator("#closer h1")).to_be_visible()
        if then:
            tab_to(page, page.locator(then))
            page.keyboard.press("Space")
            tab_to(page, page.get_by_role("slider"))
            page.keyboard.press("End")
            expect(page.get_by_role("slider")).to_have_value("100")
        tab_to(page, page.locator("#closer [data-action=close]"))
        page.keyboard.press("Enter")
        expect(page.locator("#closer")).not_to_be_visible()
        button = page.locator(".scene:not(.goes)").get_by_role("button", name=name)
        expect(button).to_be_focused()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus, and check that the focus is visible."""
    for _ in range(30):
        if wanted.evaluate("(each) => each === document.activeElement"):
            assert wanted.evaluate("(each) => parseFloat(getComputedStyle(each).outlineWidth)") >= 3
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{wanted} can't be reached by Tab")


def test_the_comparison_closes_with_its_answer(open_page: Open, service: KioskService) -> None:
    page = open_page()
    compared(page, service)
    service.query.dismiss()
    expect(page.locator("#closer")).not_to_be_visible()
    expect(page.locator("img[src*='/why/']")).to_have_count(0)
    expect(page.locator("#stage .scene:not(.goes)[data-scene=looking]")).to_be_visible()


def test_a_guests_next_action_deletes_their_print(
    open_page: Open, service: KioskService, upload: bytes
) -> None:
    page = open_page(PHONE, "?guest")
    choose(upload, page)
    page.get_by_role("button", name="Why this one?").tap()
    picture = page.locator(".plate.yours img")
    expect(picture).to_be_visible()
    address = page.url.split("?")[0].rstrip("/") + (picture.get_attribute("src") or "")
    assert page.request.get(address).status == 200
    page.locator("#closer [data-action=close]").tap()
    with page.expect_request("**/forget") as told:
        page.get_by_role("button", name="Another picture").tap()
    assert told.value.method == "POST"
    page.wait_for_timeout(500)
    assert page.request.get(address).status == 404


def test_no_link_leads_away_from_the_kiosk(
    open_page: Open, service: KioskService, shown_ids: tuple[str, ...]
) -> None:
    page = answered(open_page(), service)
    home = page.url
    page.get_by_role("button", name="Take it home").tap()
    expect(page.locator("#closer h1")).to_have_text("Take it home")
    link = service.collection.record(shown_ids[0]).source_url
    assert link is not None
    code = page.get_by_role("img", name=f"QR code for the link {link}")
    expect(code).to_be_visible()
    box = code.bounding_box()
    assert box is not None and min(box["width"], box["height"]) > 200
    for each in (code, page.locator("#closer .link")):
        each.tap()
        each.click(modifiers=["Control"])
        each.click(button="middle")
    assert page.url == home and len(page.context.pages) == 1
    assert page.locator("a[href], area, form[action], [target], svg a").count() == 0
    page.locator("#closer [data-action=close]").tap()
    page.get_by_role("button", name="Read more").tap()
    expect(page.locator("#reading h1")).to_be_visible()
    assert page.locator("a[href], area, form[action], [target], svg a").count() == 0
    page.locator("#reading").get_by_role("button", name="Take it home").tap()
    page.locator("#closer [data-action=close]").tap()
    expect(page.locator("#reading h1")).to_be_visible()
