"""Tours through the pages of visitors, guests and staff, with a screenshot of each page."""

from collections.abc import Callable
from dataclasses import dataclass

import guided
from kiosks import PIN, Kiosk, jpeg, not_a_print, report_usb_sync
from matrix import Variant
from playwright.sync_api import Page

from device.imaging.frames import Pixels
from device.service import Filters
from kiosk_ui.presenter import HINTS
from kiosk_ui.staff.presenter import PARTS

WAIT_MS = 20_000
Screenshot = Callable[[Page, str], None]

SHOW_HINT = """(name) => {
  document.querySelector('.scene:not(.goes) [data-guide]').textContent =
    document.getElementById('hint-words').content.querySelector(`[data-hint="${name}"]`).textContent; }"""
START_ATTRACT_LOOP = """async () => {
  const { AttractLoop } = await import('/static/attract_loop.js');
  await new AttractLoop(document.getElementById('attract')).begin(); }"""
# The page's Content-Security-Policy forbids Playwright's repeated evaluation, so this polls in the page.
SETTLED = """async () => {
  for (let waited = 0; waited < 10_000; waited += 30) {
    const pictures = [...document.images].filter((each) => each.checkVisibility());
    if (!document.querySelector('.goes') && pictures.every((each) => each.complete)) return;
    await new Promise((go) => setTimeout(go, 30));
  } }"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A tour through the pages in one variant.

    Attributes:
        page: The browser's page.
        kiosk: Serves the page.
        variant: Screen size, language and display preferences.
        screenshot: Saves a screenshot of the page under a name.
    """

    page: Page
    kiosk: Kiosk
    variant: Variant
    screenshot: Screenshot

    def go(self, path: str) -> None:
        """Open an address of the kiosk in this variant."""
        separator = "&" if "?" in path else "?"
        self.page.goto(f"{self.kiosk.address.rstrip('/')}{path}{separator}{self.variant.query}")

    def keep(self, name: str, *scenes: str) -> None:
        """Save a screenshot once any of the named scenes is shown with its pictures."""
        if scenes:
            _wait(
                self.page,
                ", ".join(f"#stage .scene[data-scene={each}]:not(.goes)" for each in scenes),
            )
        self.page.evaluate(SETTLED)
        self.screenshot(self.page, name)

    def press(self, selector: str) -> None:
        """Press the first match of a selector."""
        self.page.locator(selector).first.click()


def stand(tour: Tour) -> None:
    """Visit the stand with a print under its camera: hints, every verdict and its pages."""
    page, service = tour.page, tour.kiosk.service
    service.query.dismiss()
    tour.go("/")
    _wait(page, "[data-scene=looking] [data-preview][src]")
    tour.keep("looking", "looking")
    for hint in (*HINTS, "steady", "known"):
        page.evaluate(SHOW_HINT, hint)
        tour.keep(f"looking-{hint}")
    tour.press("body > .switches summary")
    tour.keep("looks")
    tour.press("body > .switches summary")
    tour.kiosk.notifier.block()
    service.query.look()
    tour.keep("hold-still", "hold_still")
    tour.kiosk.notifier.gate.set()
    _wait(page, "[data-scene=answer], [data-scene=not_found]")
    for name, verdict, mirrored in guided.CLAIMS:
        service.claim = verdict, mirrored
        service.query.dismiss()
        _wait(page, "[data-scene=looking]:not(.goes)")
        service.query.look()
        tour.keep(f"answer-{name}", "answer", "not_found")
    service.claim = None
    service.query.look(filters=Filters(words="nowhere-to-be-found"))
    _wait(page, "[data-scene=not_found].words:not(.goes)")
    tour.keep("answer-nothing-left", "not_found")
    service.query.dismiss()
    service.query.look()
    _wait(page, "[data-scene=answer]:not(.goes)")
    _comparison(tour)
    service.query.dismiss()
    _wait(page, "[data-scene=looking]:not(.goes)")


def _comparison(tour: Tour) -> None:
    page = tour.page
    tour.press(".scene:not(.goes) [data-sheet^='/why/']")
    _wait(page, "#closer[open] h1")
    for mode in ("side_by_side", "wipe", "fade", "blink"):
        tour.press(f"[data-mode-to={mode}]")
        tour.keep(f"why-{mode}")
    tour.press("#closer [data-action=close]")
    tour.press(".scene:not(.goes) [data-sheet^='/home/']")
    _wait(page, "#closer[open] h1")
    tour.keep("take-it-home")
    tour.press("#closer [data-action=close]")
    tour.press(".scene:not(.goes) .more [data-read]")
    _wait(page, "#reading[open] h1")
    tour.keep("record")
    tour.press("#reading [data-action=back]")
    tour.press(".scene:not(.goes) [data-action=narrow]")
    _wait(page, "#narrowing[open] h1")
    tour.keep("narrowing")
    tour.press("#narrowing [data-action=done]")
    tour.press(".scene:not(.goes) [data-action=part]")
    _wait(page, "[data-scene=part] img[src]")
    tour.keep("part", "part")
    tour.press(".scene:not(.goes) [data-action=again]")


def browse(tour: Tour, hidden: str, longest: str) -> None:
    """Browse the collection: lists, unusual records, and what covers every page."""
    page = tour.page
    tour.go("/")
    tour.press("#stage [data-go]")
    _wait(page, "#reading .wall img")
    tour.keep("browse")
    for name in ("maker", "period", "technique"):
        tour.press(f"#reading [data-go*='by/{name}']")
        _wait(page, "#reading .list")
        tour.keep(f"browse-by-{name}")
    tour.press("#reading .door")
    _wait(page, "#reading [data-action=sift]")
    tour.press("#reading [data-action=sift]")
    _wait(page, "#sifting[open] h1")
    tour.keep("browse-narrowing")
    tour.press("#sifting [data-action=done]")
    for name, record_id in (("no-picture", hidden), ("long-title", longest)):
        if record_id:
            tour.go("/")
            page.evaluate(
                "async ([id]) => { const { BrowsePanel } = await import('/static/browse_panel.js');"
                "await new BrowsePanel(document.getElementById('reading')).open('/records/' + id); }",
                [record_id],
            )
            _wait(page, "#reading[open] h1")
            tour.keep(f"record-{name}")
    page.evaluate("document.getElementById('reading').close()")
    page.evaluate(START_ATTRACT_LOOP)
    _wait(page, "#attract .slide img")
    tour.keep("attract")
    page.evaluate("document.getElementById('attract').close()")
    page.evaluate("document.getElementById('still').showModal()")
    tour.keep("still-there")
    page.evaluate("document.getElementById('still').close()")
    page.evaluate("document.getElementById('night').showModal()")
    tour.keep("night")
    page.evaluate("document.getElementById('night').close()")
    page.evaluate("document.getElementById('moment').hidden = false")
    tour.keep("one-moment")
    for name, is_good in (("stick-bad", False), ("stick-good", True)):
        report_usb_sync(tour.kiosk.store, is_good=is_good)
        tour.go("/")
        _wait(page, "#stick .stick-words" + ("[data-bad]" if not is_good else ":not([data-bad])"))
        tour.keep(name)
    tour.go("/nowhere")
    tour.keep("error")


def several_pictures(tour: Tour) -> None:
    """Find a record by its second picture, and open the record."""
    page, service = tour.page, tour.kiosk.service
    service.query.dismiss()
    tour.go("/")
    _wait(page, "[data-scene=looking] [data-preview][src]")
    service.query.look()
    tour.keep("answer-second-picture", "answer")
    tour.press(".scene:not(.goes) .more [data-read]")
    _wait(page, "#reading[open] h1")
    tour.keep("record-several-pictures")


def only(name: str, scene: str) -> Callable[[Tour], None]:
    """Return a tour of one page, for a state of the whole kiosk such as a lost camera."""

    def show(tour: Tour) -> None:
        tour.go("/")
        tour.keep(name, scene)

    return show


def guest(tour: Tour, picture: Pixels) -> None:
    """Upload pictures as a guest: every verdict, corners marked by hand, and a problem."""
    page = tour.page
    tour.go("/?guest")
    tour.keep("guest-invite", "invite")
    tour.kiosk.notifier.gate.set()
    for name, verdict, mirrored in guided.CLAIMS:
        tour.kiosk.service.claim = verdict, mirrored
        _upload(tour, jpeg(picture))
        tour.keep(f"guest-{name}", "answer", "not_found")
    tour.press(".scene:not(.goes) [data-action=corners]")
    _wait(page, "[data-scene=corners] img[src]")
    tour.keep("guest-corners", "corners")
    tour.press(".scene:not(.goes) [data-action=again]")
    tour.kiosk.service.claim = None
    _upload(tour, jpeg(not_a_print()))
    tour.keep("guest-stranger", "not_found", "answer")
    _upload(tour, b"not a picture")
    tour.keep("guest-problem", "problem")


def _upload(tour: Tour, content: bytes) -> None:
    chooser = tour.page.locator(".scene:not(.goes) [data-upload]")
    if not chooser.count():
        tour.press(".scene:not(.goes) [data-action=again]")
        _wait(tour.page, "[data-scene=invite]:not(.goes)")
    chooser.first.set_input_files(
        {"name": "picture.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    _wait(tour.page, "#stage .scene:not(.goes):not([data-scene=invite]):not([data-scene=busy])")


def staff(tour: Tour) -> None:
    """Sign in to the staff's page and open each of its parts."""
    tour.go("/staff")
    tour.keep("staff-door")
    for digit in PIN:
        tour.press(f'[data-digit="{digit}"]')
    tour.press("#door .button.main")
    _wait(tour.page, ".parts")
    for part in PARTS:
        tour.go(f"/staff/{part}")
        tour.keep(f"staff-{part}")


def _wait(page: Page, selector: str) -> None:
    page.wait_for_selector(selector, timeout=WAIT_MS, state="attached")
