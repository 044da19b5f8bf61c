"""What a visitor, a guest and the museum's staff are shown, page after page, each named as it comes."""

from collections.abc import Callable
from dataclasses import dataclass

import guided
from kiosks import PIN, Kiosk, jpeg, stranger, tell_of_a_stick
from looks import Look
from playwright.sync_api import Page

from device.imaging.frames import Pixels
from device.service import Filters
from kiosk_ui.presenter import HINTS
from kiosk_ui.staff.presenter import PARTS

WAIT_MS = 20_000
Shoot = Callable[[Page, str], None]

SAY = """(name) => {
  document.querySelector('.scene:not(.goes) [data-guide]').textContent =
    document.getElementById('hint-words').content.querySelector(`[data-hint="${name}"]`).textContent; }"""
PASS_BY = """async () => {
  const { AttractLoop } = await import('/static/attract_loop.js');
  await new AttractLoop(document.getElementById('attract')).begin(); }"""
# The page's policy lets nothing be evaluated within it time and again, so that it looks by itself.
SETTLED = """async () => {
  for (let waited = 0; waited < 10_000; waited += 30) {
    const pictures = [...document.images].filter((each) => each.checkVisibility());
    if (!document.querySelector('.goes') && pictures.every((each) => each.complete)) return;
    await new Promise((go) => setTimeout(go, 30));
  } }"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round through the pages in one look.

    Attributes:
        page: Where it is looked at.
        kiosk: What serves it.
        look: How.
        shoot: Keeps a picture of what is shown, by a name.
    """

    page: Page
    kiosk: Kiosk
    look: Look
    shoot: Shoot

    def go(self, path: str) -> None:
        """Open an address of the kiosk in this look."""
        mark = "&" if "?" in path else "?"
        self.page.goto(f"{self.kiosk.address.rstrip('/')}{path}{mark}{self.look.query}")

    def keep(self, name: str, *scenes: str) -> None:
        """Keep a picture, once a scene has come (any of those named) and its pictures with it."""
        if scenes:
            _wait(
                self.page,
                ", ".join(f"#stage .scene[data-scene={each}]:not(.goes)" for each in scenes),
            )
        self.page.evaluate(SETTLED)
        self.shoot(self.page, name)

    def press(self, selector: str) -> None:
        """Press what is on top."""
        self.page.locator(selector).first.click()


def stand(here: Round) -> None:
    """A visit at the stand, where a print lies: what passes by, looking, every verdict, and all that follows one."""
    page, service = here.page, here.kiosk.service
    service.query.dismiss()
    here.go("/")
    _wait(page, "[data-scene=looking] [data-preview][src]")
    here.keep("looking", "looking")
    for hint in (*HINTS, "steady", "known"):
        page.evaluate(SAY, hint)
        here.keep(f"looking-{hint}")
    here.press("body > .switches summary")
    here.keep("looks")
    here.press("body > .switches summary")
    here.kiosk.notifier.hold()
    service.query.look()
    here.keep("hold-still", "hold_still")
    here.kiosk.notifier.gate.set()
    _wait(page, "[data-scene=answer], [data-scene=not_found]")
    for name, verdict, mirrored in guided.CLAIMS:
        service.claim = verdict, mirrored
        service.query.dismiss()
        _wait(page, "[data-scene=looking]:not(.goes)")
        service.query.look()
        here.keep(f"answer-{name}", "answer", "not_found")
    service.claim = None
    service.query.look(filters=Filters(words="nowhere-to-be-found"))
    _wait(page, "[data-scene=not_found].words:not(.goes)")
    here.keep("answer-nothing-left", "not_found")
    service.query.dismiss()
    service.query.look()
    _wait(page, "[data-scene=answer]:not(.goes)")
    _closer(here)
    service.query.dismiss()
    _wait(page, "[data-scene=looking]:not(.goes)")


def _closer(here: Round) -> None:
    page = here.page
    here.press(".scene:not(.goes) [data-sheet^='/why/']")
    _wait(page, "#closer[open] h1")
    for mode in ("beside", "wipe", "fade", "blink"):
        here.press(f"[data-mode-to={mode}]")
        here.keep(f"why-{mode}")
    here.press("#closer [data-action=close]")
    here.press(".scene:not(.goes) [data-sheet^='/home/']")
    _wait(page, "#closer[open] h1")
    here.keep("take-it-home")
    here.press("#closer [data-action=close]")
    here.press(".scene:not(.goes) .more [data-read]")
    _wait(page, "#reading[open] h1")
    here.keep("record")
    here.press("#reading [data-action=back]")
    here.press(".scene:not(.goes) [data-action=narrow]")
    _wait(page, "#narrowing[open] h1")
    here.keep("narrowing")
    here.press("#narrowing [data-action=done]")
    here.press(".scene:not(.goes) [data-action=part]")
    _wait(page, "[data-scene=part] img[src]")
    here.keep("part", "part")
    here.press(".scene:not(.goes) [data-action=again]")


def wander(here: Round, hidden: str, longest: str) -> None:
    """The collection without a camera; records of every kind; what stands above every page."""
    page = here.page
    here.go("/")
    here.press("#stage [data-go]")
    _wait(page, "#reading .wall img")
    here.keep("browse")
    for name in ("maker", "period", "technique"):
        here.press(f"#reading [data-go*='by/{name}']")
        _wait(page, "#reading .list")
        here.keep(f"browse-by-{name}")
    here.press("#reading .door")
    _wait(page, "#reading [data-action=sift]")
    here.press("#reading [data-action=sift]")
    _wait(page, "#sifting[open] h1")
    here.keep("browse-narrowing")
    here.press("#sifting [data-action=done]")
    for name, record_id in (("no-picture", hidden), ("long-title", longest)):
        if record_id:
            here.go("/")
            page.evaluate(
                "async ([id]) => { const { BrowsePanel } = await import('/static/browse_panel.js');"
                "await new BrowsePanel(document.getElementById('reading')).open('/records/' + id); }",
                [record_id],
            )
            _wait(page, "#reading[open] h1")
            here.keep(f"record-{name}")
    page.evaluate("document.getElementById('reading').close()")
    page.evaluate(PASS_BY)
    _wait(page, "#attract .slide img")
    here.keep("attract")
    page.evaluate("document.getElementById('attract').close()")
    page.evaluate("document.getElementById('still').showModal()")
    here.keep("still-there")
    page.evaluate("document.getElementById('still').close()")
    page.evaluate("document.getElementById('night').showModal()")
    here.keep("night")
    page.evaluate("document.getElementById('night').close()")
    page.evaluate("document.getElementById('moment').hidden = false")
    here.keep("one-moment")
    for name, is_good in (("stick-bad", False), ("stick-good", True)):
        tell_of_a_stick(here.kiosk.store, is_good=is_good)
        here.go("/")
        _wait(page, "#stick .stick-words" + ("[data-bad]" if not is_good else ":not([data-bad])"))
        here.keep(name)
    here.go("/nowhere")
    here.keep("error")


def only(name: str, scene: str) -> Callable[[Round], None]:
    """Give a round of one page: a state that a kiosk is in as a whole."""

    def round_(here: Round) -> None:
        here.go("/")
        here.keep(name, scene)

    return round_


def guest(here: Round, picture: Pixels) -> None:
    """A phone or a laptop: a picture of one's own, its answers, its corners, and what goes wrong."""
    page = here.page
    here.go("/?guest")
    here.keep("guest-invite", "invite")
    here.kiosk.notifier.gate.set()
    for name, verdict, mirrored in guided.CLAIMS:
        here.kiosk.service.claim = verdict, mirrored
        _upload(here, jpeg(picture))
        here.keep(f"guest-{name}", "answer", "not_found")
    here.press(".scene:not(.goes) [data-action=corners]")
    _wait(page, "[data-scene=corners] img[src]")
    here.keep("guest-corners", "corners")
    here.press(".scene:not(.goes) [data-action=again]")
    here.kiosk.service.claim = None
    _upload(here, jpeg(stranger()))
    here.keep("guest-stranger", "not_found", "answer")
    _upload(here, b"not a picture")
    here.keep("guest-problem", "problem")


def _upload(here: Round, content: bytes) -> None:
    chooser = here.page.locator(".scene:not(.goes) [data-upload]")
    if not chooser.count():
        here.press(".scene:not(.goes) [data-action=again]")
        _wait(here.page, "[data-scene=invite]:not(.goes)")
    chooser.first.set_input_files(
        {"name": "picture.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    _wait(here.page, "#stage .scene:not(.goes):not([data-scene=invite]):not([data-scene=busy])")


def staff(here: Round) -> None:
    """The staff's page: its door and each part behind it."""
    here.go("/staff")
    here.keep("staff-door")
    for digit in PIN:
        here.press(f'[data-digit="{digit}"]')
    here.press("#door .button.main")
    _wait(here.page, ".parts")
    for part in PARTS:
        here.go(f"/staff/{part}")
        here.keep(f"staff-{part}")


def _wait(page: Page, selector: str) -> None:
    page.wait_for_selector(selector, timeout=WAIT_MS, state="attached")
