"""The page in a real Chromium, as a visitor meets it."""

import itertools
import os
import re
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from kiosk_page import HOSTS, Listen, choose, opener_of, wait_for
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect
from pluggable_camera import PluggableCamera
from stand_clip import StandClip

from device.config import ScreenConfig
from device.imaging.frames import Pixels
from device.service import KioskService
from device.service.state import Phase
from kiosk_ui import create_app
from kiosk_ui.server import Server

pytestmark = pytest.mark.browser

SIZES = ((800, 480), (1280, 720), (720, 1280), (1440, 900))
PHONE = (390, 844)
PX_PER_MM = 5.2
ASK = "Which print is this?"
# A folder to leave pictures of what was seen in; none are made where it isn't named.
SCREENSHOTS = "KIOSK_SCREENSHOTS"

ids = pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")


@dataclass
class Watch:
    """The errors and foreign requests of a page."""

    address: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        """Start watching a page."""
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note)
        return page

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.address, "blob:", "data:")):
            self.strangers.append(request.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page open on a kiosk."""

    page: Page
    service: KioskService

    @property
    def scene(self) -> str:
        """The name of the scene on the stage."""
        return self.page.locator(".scene:not(.goes)").first.get_attribute("data-scene") or ""

    def expect_scene(self, name: str) -> None:
        """Wait for a scene to be shown."""
        expect(self.page.locator(f"#stage .scene:not(.goes)[data-scene={name}]")).to_be_visible()

    def keep(self, name: str) -> None:
        """Save a screenshot if a folder for them is set."""
        folder = os.environ.get(SCREENSHOTS)
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(800)  # the fade
            size = self.page.viewport_size or {"width": 0, "height": 0}
            self.page.screenshot(path=Path(folder) / f"{name}-{size['width']}x{size['height']}.png")


@pytest.fixture
def visit(
    browser: Browser, service: KioskService, listen: Listen
) -> Iterator[Callable[..., Visit]]:
    """A function that opens the page; its errors and foreign requests fail the test."""
    service.query.dismiss()
    listening = listen(service)
    watch = Watch(listening.address)
    contexts = []

    def open_page(size: tuple[int, int], query: str = "") -> Visit:
        viewport = {"width": size[0], "height": size[1]}
        contexts.append(browser.new_context(viewport=viewport, has_touch=True))  # type: ignore[arg-type]
        page = watch.over(contexts[-1].new_page())
        page.goto(watch.address + query)
        return Visit(page=page, service=service)

    yield open_page
    for context in contexts:
        context.close()
    service.query.dismiss()
    assert watch.complaints == []
    assert watch.strangers == []


def assert_nothing_is_cut_off(page: Page) -> None:
    cut = page.evaluate("""() => {
      const out = [...document.querySelectorAll('.scene:not(.goes) :is(h1, p, button, figcaption, .button)')]
        .filter((each) => each.checkVisibility() && !each.closest('dialog:not([open]), .cards'))
        .filter((each) => {
          const box = each.getBoundingClientRect();
          return box.right > innerWidth + 1 || box.left < -1 || each.scrollWidth > each.clientWidth + 1 && each.clientWidth;
        });
      return out.map((each) => each.outerHTML.slice(0, 120));
    }""")
    assert cut == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@ids
def test_a_visitor_searches_and_gets_an_answer(
    visit: Callable[..., Visit], size: tuple[int, int], shown_ids: tuple[str, ...]
) -> None:
    visited = visit(size)
    page, record = visited.page, visited.service.collection.record(shown_ids[0])
    live = page.locator("[data-preview]")
    expect(live).to_have_attribute("src", re.compile("^blob:"))
    page.wait_for_function("document.querySelector('[data-preview]').naturalWidth > 0")
    visited.keep("looking")
    assert_nothing_is_cut_off(page)
    page.get_by_role("button", name=ASK).tap()
    visited.expect_scene("answer")
    expect(page.get_by_role("heading", level=1)).to_have_text(record.title)
    expect(page.locator(".hero .credit")).to_be_in_viewport(ratio=1)
    for words in (record.credit, record.rights):
        if words:
            expect(page.locator(".hero .credit")).to_contain_text(words)
    page.wait_for_function("document.querySelector('.scene:not(.goes) .hero img').naturalWidth > 0")
    expect(page.locator("#announcer")).to_contain_text("This print")
    visited.keep("answer")
    assert_nothing_is_cut_off(page)
    page.get_by_role("button", name="New search").tap()
    visited.expect_scene("looking")


@ids
def test_main_targets_are_20_mm_and_none_is_under_44_px_and_10_mm(
    visit: Callable[..., Visit], size: tuple[int, int]
) -> None:
    visited = visit(size)
    visited.expect_scene("looking")
    assert_targets_are_large(visited.page)
    visited.service.query.look()
    visited.expect_scene("answer")
    assert_targets_are_large(visited.page)
    visited.page.locator("[data-action=narrow]").last.tap()
    expect(visited.page.get_by_role("heading", name="Filter the search")).to_be_visible()
    assert_targets_are_large(visited.page)


def assert_targets_are_large(page: Page) -> None:
    boxes = page.evaluate("""() => [...document.querySelectorAll('button, .button, .chip, summary')]
      .filter((each) => each.checkVisibility() && !each.closest('.goes'))
      .map((each) => { const box = each.getBoundingClientRect();
                       return [each.className, box.width, box.height]; })""")
    assert boxes
    least = max(44, 10 * PX_PER_MM) - 0.5
    assert [box for box in boxes if box[1] < least or box[2] < least] == []
    main = [box for box in boxes if "main" in box[0]]
    assert main
    assert [box for box in main if min(box[1:]) < 20 * PX_PER_MM - 0.5] == []


@pytest.mark.parametrize("size", [*SIZES, PHONE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_a_guests_upload_is_answered_and_the_stand_is_unaffected(
    visit: Callable[..., Visit], size: tuple[int, int], upload: bytes, shown_ids: tuple[str, ...]
) -> None:
    visited = visit(size, "?guest")
    page = visited.page
    visited.expect_scene("invite")
    visited.keep("guest")
    assert_nothing_is_cut_off(page)
    choose(upload, page)
    visited.expect_scene("answer")
    title = visited.service.collection.record(shown_ids[0]).title
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert visited.service.snapshot().state.phase is Phase.LOOKING
    visited.keep("guest-answer")
    assert_nothing_is_cut_off(page)
    page.get_by_role("button", name="Another picture").tap()
    visited.expect_scene("invite")


def test_a_large_picture_is_scaled_down_before_it_is_sent(
    visit: Callable[..., Visit], print_pictures: dict[str, Pixels], shown_ids: tuple[str, ...]
) -> None:
    large = BytesIO()
    Image.fromarray(print_pictures[shown_ids[0]]).resize((3000, 2400)).save(large, "PNG")
    visited = visit(PHONE, "?guest")
    with visited.page.expect_request("**/answer") as sent:
        visited.page.locator("[data-upload]").first.set_input_files(
            {"name": "p.png", "mimeType": "image/png", "buffer": large.getvalue()}
        )
    assert sent.value.headers["content-type"] == "image/jpeg"
    visited.expect_scene("answer")


def test_the_stand_accepts_an_upload_and_returns_to_the_camera(
    visit: Callable[..., Visit], upload: bytes
) -> None:
    visited = visit(SIZES[0])
    visited.expect_scene("looking")
    choose(upload, visited.page)
    visited.expect_scene("answer")
    visited.page.get_by_role("button", name="Another picture").tap()
    visited.expect_scene("looking")


def test_similar_prints_can_be_opened_and_closed(visit: Callable[..., Visit]) -> None:
    visited = visit(SIZES[1])
    visited.service.query.look()
    visited.expect_scene("answer")
    visited.page.locator("#stage .card").first.tap()
    sheet = visited.page.locator("#reading")
    expect(sheet.get_by_role("heading", level=1)).to_be_visible()
    sheet.get_by_role("button", name="Back").tap()
    expect(sheet).not_to_be_visible()
    visited.expect_scene("answer")


@pytest.fixture
def hands_free(
    browser: Browser,
    open_hands_free: Callable[[Pixels], tuple[KioskService, PluggableCamera]],
    listen: Listen,
    table: Pixels,
) -> Iterator[tuple[Page, KioskService, PluggableCamera]]:
    """The page of a hands-free kiosk with nothing under its camera."""
    service, camera = open_hands_free(table)
    wait_for(service, Phase.LOOKING)
    watch = Watch(listen(service).address)
    context = browser.new_context(viewport={"width": 1280, "height": 720}, has_touch=True)
    page = watch.over(context.new_page())
    page.goto(watch.address)
    yield page, service, camera
    context.close()
    assert watch.complaints == []
    assert watch.strangers == []


def test_a_print_held_still_is_outlined_and_answered_automatically(
    hands_free: tuple[Page, KioskService, PluggableCamera], held: Pixels
) -> None:
    page, service, camera = hands_free
    outline = page.locator(".scene:not(.goes) [data-outline]")
    expect(page.locator(".scene:not(.goes) [data-preview][src]")).to_be_attached()
    expect(page.locator("[data-guide]")).to_contain_text("The search starts automatically")
    expect(outline).not_to_have_class(re.compile("shown"))
    camera.pixels = held
    expect(outline).to_have_class(re.compile("shown"))
    wait_for(service, Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND)
    expect(page.locator("[data-scene=answer], [data-scene=not_found]").first).to_be_visible()
    page.locator(".scene:not(.goes) [data-action=again]").tap()
    expect(page.locator("[data-scene=looking]:not(.goes)")).to_be_visible()
    # The same print lies there still: it is known, and not looked up again by itself.
    expect(page.locator("[data-guide]")).to_contain_text("We have looked up this print")
    assert service.health().answers == 1


def test_a_moving_print_is_outlined_and_gets_one_hint(
    hands_free: tuple[Page, KioskService, PluggableCamera], print_pictures: dict[str, Pixels]
) -> None:
    page, service, camera = hands_free
    clip = StandClip().shake(next(iter(print_pictures.values())), seconds=2)
    stop = threading.Event()

    def shake() -> None:
        for frame in itertools.cycle(clip.frames):
            camera.pixels = frame.pixels
            if stop.wait(0.1):
                return

    shaking = threading.Thread(target=shake)
    shaking.start()
    try:
        guide = page.locator(".scene:not(.goes) [data-guide]")
        expect(guide).to_have_text("Please hold it still.", timeout=15_000)
        expect(guide).to_have_attribute("aria-live", "polite")
        expect(page.locator("[data-outline].shown")).to_be_attached()
        assert_nothing_is_cut_off(page)
        assert service.health().answers == 0
    finally:
        stop.set()
        shaking.join()


def test_another_print_is_seen_coming_while_an_answer_is_on_the_screen(
    hands_free: tuple[Page, KioskService, PluggableCamera],
    print_pictures: dict[str, Pixels],
    table: Pixels,
    held: Pixels,
) -> None:
    """The answer stays, and its words are dimmed, until the other print has one."""
    page, service, camera = hands_free
    camera.pixels = held
    wait_for(service, Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND)
    answer = page.locator(".scene:not(.goes):is([data-scene=answer], [data-scene=not_found])")
    expect(answer).to_be_visible()
    page.wait_for_timeout(1000)
    expect(answer.locator(".live")).to_have_count(0)  # its own print is known
    camera.pixels = table
    page.wait_for_timeout(1000)
    clip = StandClip().shake(list(print_pictures.values())[-1], seconds=4)
    for frame in clip.frames:
        camera.pixels = frame.pixels
        page.wait_for_timeout(90)
        if answer.locator(".live .outline.shown").count():
            break
    expect(answer.locator(".live img[src]")).to_be_visible()
    expect(answer).to_have_class(re.compile("waits"))
    camera.pixels = table
    expect(answer.locator(".live")).to_have_count(0)
    expect(answer).not_to_have_class(re.compile("waits"))
    assert service.health().answers == 1


def test_a_reading_visitor_is_not_interrupted_by_the_stand(
    hands_free: tuple[Page, KioskService, PluggableCamera], table: Pixels, held: Pixels
) -> None:
    page, service, camera = hands_free
    page.locator(".scene:not(.goes) [data-action=narrow]").tap()
    expect(page.get_by_role("heading", name="Filter the search")).to_be_visible()
    page.wait_for_timeout(300)  # until it is told
    camera.pixels = held
    page.wait_for_timeout(1500)
    assert service.snapshot().state.phase is Phase.LOOKING
    page.locator("#narrowing").get_by_role("button", name="Done").tap()
    wait_for(service, Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND)


@pytest.mark.parametrize("size", [SIZES[0], PHONE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_the_print_on_an_upload_can_be_marked_by_finger_and_by_keyboard(
    visit: Callable[..., Visit], size: tuple[int, int], upload: bytes
) -> None:
    visited = _marking(visit(size, "?guest"), upload)
    page = visited.page
    handles = page.locator(".scene:not(.goes) .handle")
    expect(handles).to_have_count(4)
    page.wait_for_function("document.querySelector('.glass [data-yours]').naturalWidth > 0")
    page.wait_for_timeout(800)  # the fade
    boxes = [handles.nth(n).bounding_box() for n in range(4)]
    assert all(box and min(box["width"], box["height"]) >= 44 for box in boxes)
    assert_nothing_is_cut_off(page)
    first = boxes[0]
    assert first is not None
    x, y = first["x"] + first["width"] / 2, first["y"] + first["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 15, steps=4)
    expect(page.locator("[data-loupe]")).to_be_visible()
    page.mouse.up()
    expect(page.locator("[data-loupe]")).not_to_be_visible()
    handles.nth(2).focus()
    before = handles.nth(2).bounding_box()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowUp")
    after = handles.nth(2).bounding_box()
    assert before and after and after["x"] < before["x"] and after["y"] < before["y"]
    with page.expect_request("**/answer?*") as sent:
        page.get_by_role("button", name="Search", exact=True).tap()
    marked = parse_qs(urlsplit(sent.value.url).query)["corners"][0].split(",")
    assert len(marked) == 8
    assert float(marked[0]) > 0 and float(marked[4]) < 1
    expect(page.locator("[data-scene=answer], [data-scene=not_found]").first).to_be_visible()


def test_a_corner_cannot_be_dragged_across_the_sheet(
    visit: Callable[..., Visit], upload: bytes
) -> None:
    visited = _marking(visit(PHONE, "?guest"), upload)
    page = visited.page
    page.locator(".scene:not(.goes) .handle").first.focus()
    for _ in range(40):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
    with page.expect_response("**/answer?*") as answered:
        page.get_by_role("button", name="Search", exact=True).tap()
    assert answered.value.status == 200


def test_an_upload_can_be_turned_by_hand_and_its_corners_turn_with_it(
    visit: Callable[..., Visit], upload: bytes, shown_ids: tuple[str, ...]
) -> None:
    visited = _marking(visit(PHONE, "?guest"), upload)
    page = visited.page
    before = _corners_on(page)
    width, height = _size_shown(page)
    for _ in range(3):  # faster than a picture turns: none is lost
        page.get_by_role("button", name="Rotate").tap()
    # Three turns clockwise: what was at the top right is at the top left.
    turned = [(y, 1 - x) for x, y in before[1:] + before[:1]]
    page.wait_for_function(
        """([[x, y], across]) => {
      const { left, top } = document.querySelector('.scene:not(.goes) .handle').style;
      const picture = document.querySelector('.scene:not(.goes) [data-yours]');
      return Math.hypot(parseFloat(left) / 100 - x, parseFloat(top) / 100 - y) < 0.001 &&
        picture.complete && Math.abs(picture.naturalWidth - across) <= 1;
    }""",
        arg=[turned[0], height],
    )
    assert np.allclose(_corners_on(page), turned, atol=0.001)
    assert np.allclose(_size_shown(page), (height, width), atol=1)
    assert_nothing_is_cut_off(page)
    with Image.open(BytesIO(upload)) as whole, Image.open(BytesIO(_picture_on(page))) as shown:
        upright = shown.convert("L").rotate(-90, expand=True)
        assert upright.size == whole.size
        assert np.abs(np.subtract(upright, whole.convert("L"), dtype=float)).mean() < 5
    page.get_by_role("button", name="Search", exact=True).tap()
    visited.expect_scene("answer")
    title = visited.service.collection.record(shown_ids[0]).title
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def _marking(visited: Visit, picture: bytes) -> Visit:
    """Return a guest's visit with draggable corners on the uploaded picture."""
    visited.expect_scene("invite")
    choose(picture, visited.page)
    visited.expect_scene("answer")
    visited.page.get_by_role("button", name="Mark the print").tap()
    visited.expect_scene("corners")
    return visited


def _corners_on(page: Page) -> list[tuple[float, float]]:
    """The marked corners as shares of the picture."""
    return page.evaluate("""() => [...document.querySelectorAll('.scene:not(.goes) .handle')]
      .map(({ style }) => [parseFloat(style.left) / 100, parseFloat(style.top) / 100])""")


def _size_shown(page: Page) -> tuple[int, int]:
    """The size of the marked picture, in its own pixels."""
    return page.evaluate("""() => {
      const picture = document.querySelector('.scene:not(.goes) [data-yours]');
      return [picture.naturalWidth, picture.naturalHeight];
    }""")


def _picture_on(page: Page) -> bytes:
    """The marked picture, as a PNG."""
    address = page.evaluate("""() => {
      const picture = document.querySelector('.scene:not(.goes) [data-yours]');
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
      canvas.getContext('2d').drawImage(picture, 0, 0);
      return canvas.toDataURL('image/png');
    }""")
    return b64decode(address.partition(",")[2])


def test_filters_show_how_many_prints_remain_and_apply_to_the_next_search(
    visit: Callable[..., Visit],
) -> None:
    visited = visit(SIZES[1])
    page = visited.page
    visited.expect_scene("looking")
    page.locator("[data-action=narrow]").tap()
    panel = page.locator("#narrowing")
    expect(panel.locator(".remaining")).to_have_text("12 prints match")
    chip = panel.locator(".chip", has=page.locator("[name=maker]")).last
    name = chip.locator("span").first.inner_text()
    chip.tap()
    expect(panel.locator(".remaining")).not_to_have_text("12 prints match")
    panel.get_by_role("button", name="Done").tap()
    expect(page.locator("[data-action=narrow]")).to_have_text("Filtered", use_inner_text=True)
    page.get_by_role("button", name=ASK).tap()
    wait_for(visited.service, Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND)
    answer = visited.service.snapshot().state.answer
    assert answer is not None and answer.matches
    assert all(name in (match.record.makers or "") for match in answer.matches)


def test_the_whole_visit_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    visited = visit(SIZES[1])
    page = visited.page
    visited.expect_scene("looking")
    tab_to(page, f"text={ASK}")
    page.keyboard.press("Enter")
    visited.expect_scene("answer")
    tab_to(page, ".card")
    page.keyboard.press("Enter")
    expect(page.locator("#reading h1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reading")).not_to_be_visible()
    tab_to(page, "text=New search")
    page.keyboard.press("Enter")
    visited.expect_scene("looking")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, and check that the focus is visible."""
    wanted = page.locator(f".scene:not(.goes) >> {selector}").first
    for _ in range(30):
        if wanted.evaluate("(each) => each === document.activeElement"):
            outline = wanted.evaluate("(each) => parseFloat(getComputedStyle(each).outlineWidth)")
            assert outline >= 3
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} can't be reached by Tab")


def test_a_long_press_opens_no_menu_and_a_pinch_zooms_nothing(visit: Callable[..., Visit]) -> None:
    page = visit(SIZES[0]).page
    swallowed = page.evaluate(
        """() => [new MouseEvent('contextmenu', {cancelable: true, bubbles: true}),
      new WheelEvent('wheel', {ctrlKey: true, cancelable: true, bubbles: true})]
      .map((event) => !document.body.dispatchEvent(event))"""
    )
    assert swallowed == [True, True]


def test_an_answer_is_dismissed_after_a_time_without_a_touch(
    browser: Browser, open_service: Callable[..., KioskService], print_pictures: dict[str, Pixels]
) -> None:
    service = open_service(opener_of(next(iter(print_pictures.values()))))
    wait_for(service, Phase.LOOKING)
    server = Server(create_app(service, ScreenConfig(idle_s=15, grace_s=20), HOSTS), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(server.address)
    page.clock.run_for(10_000)
    service.query.look()  # as a print held still does, with no hand on the screen
    page.clock.run_for(1000)
    expect(page.locator("[data-scene=answer]:not(.goes)")).to_be_visible()
    page.clock.run_for(12_000)
    assert service.snapshot().state.phase is Phase.FOUND
    page.mouse.click(5, 5)  # a touch: as long again
    page.clock.run_for(12_000)
    assert service.snapshot().state.phase is Phase.FOUND
    page.clock.run_for(4_000)
    expect(page.locator("#still")).to_be_visible()  # asked first, for as long as one may need
    page.clock.run_for(18_000)
    assert service.snapshot().state.phase is Phase.FOUND
    page.clock.run_for(4_000)
    wait_for(service, Phase.LOOKING)
    context.close()
    server.stop()
    thread.join()


def test_the_page_reloads_after_the_service_restarts(
    browser: Browser, open_service: Callable[..., KioskService], tmp_path: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    boot_ids = []
    port = 0
    for _ in range(2):
        service = open_service(bundle=tmp_path / "none")
        server = Server(create_app(service, ScreenConfig(), HOSTS), "127.0.0.1", port)
        port = int(server.address.rstrip("/").rpartition(":")[2])
        thread = threading.Thread(target=server.run)
        thread.start()
        if not boot_ids:
            page.goto(server.address)
        expect(page.locator("body")).to_have_attribute("data-boot", service.boot_id)
        page.wait_for_load_state()  # the page's modules have to be there before the server goes
        expect(page.locator("#moment")).not_to_be_visible()
        boot_ids.append(service.boot_id)
        server.stop()
        thread.join()
        expect(page.locator("#moment")).to_be_visible(timeout=20_000)
    assert len(set(boot_ids)) == 2
    context.close()
