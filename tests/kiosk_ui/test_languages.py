"""The page in Chromium in each language, size and preference: accessible, nothing cut off."""

import contextlib
import itertools
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from blocking_notifier import BlockingNotifier
from kiosk_page import HOSTS, busy_camera, choose, no_camera, opener_of, wait_for
from playwright.sync_api import Browser, Page, expect, sync_playwright

from device.config import ScreenConfig
from device.imaging.frames import Pixels
from device.service import Filters, KioskService
from device.service.state import Phase
from kiosk_ui import create_app
from kiosk_ui.server import Server

pytestmark = pytest.mark.browser

# Each pair of language, size, text, contrast and ground is in one of these.
PAIRS = (
    ("de", (800, 480), "large", "normal", "light"),
    ("de", (720, 1280), "normal", "high", "dark"),
    ("de", (1280, 800), "large", "high", "light"),
    ("en", (800, 480), "normal", "high", "dark"),
    ("en", (1280, 800), "large", "normal", "dark"),
    ("en", (720, 1280), "large", "normal", "light"),
    ("fr", (800, 480), "large", "high", "dark"),
    ("fr", (1280, 800), "normal", "normal", "light"),
    ("fr", (720, 1280), "large", "high", "light"),
    ("it", (800, 480), "large", "normal", "light"),
    ("it", (1280, 800), "normal", "high", "dark"),
    ("it", (720, 1280), "large", "normal", "dark"),
)
# In full: every language, size, text, contrast and ground.
ALL = tuple(
    itertools.product(
        ("de", "en", "fr", "it"),
        ((800, 480), (1280, 800), (1280, 720), (720, 1280)),
        ("normal", "large"),
        ("normal", "high"),
        ("light", "dark"),
    )
)


# What is pressed lies low in every other of them.
def asked(language: str, text: str, contrast: str, theme: str) -> str:
    """Return the query of a language and display preferences."""
    reach = ("normal", "low")[[text, contrast, theme].count("normal") % 2]
    return f"language={language}&text={text}&contrast={contrast}&theme={theme}&reach={reach}"


LOOKS = ALL if os.environ.get("KIOSK_SCREENS") == "all" else PAIRS
PX_PER_MM = 5.2
# A and AA of WCAG 2.2, and of AAA contrast of 7:1 (1.4.6) and links of one name that lead to one place (2.4.9).
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa"],
    "rules": {
        "color-contrast-enhanced": {"enabled": True},
        "identical-links-same-purpose": {"enabled": True},
    },
    "resultTypes": ["violations"],
}
CUT_OFF = """() => [...document.querySelectorAll(
    '.scene:not(.goes) :is(h1, h2, p, button, label, summary, .button), .switches :is(button, summary)')]
  .filter((each) => each.checkVisibility() && !each.closest('.cards, .unseen'))
  .filter((each) => !document.querySelector('dialog[open]') || each.closest('dialog[open]'))
  .filter((each) => {
    const box = each.getBoundingClientRect();
    const tall = each.matches('button, .button') && box.bottom > innerHeight + 1 && !each.closest('.label, .facets');
    return tall || box.right > innerWidth + 1 || box.left < -1 || each.scrollWidth > each.clientWidth + 1 && each.clientWidth;
  }).map((each) => each.outerHTML.slice(0, 140))"""
# After this time without a touch the page asks whether a visitor is still there.
PASSING_BY = """async () => {
  const { AttractLoop } = await import('/static/attract_loop.js');
  await new AttractLoop(document.getElementById('attract')).begin(); }"""
TARGETS = """() => [...document.querySelectorAll('button, .button, .chip, summary')]
  .filter((each) => each.checkVisibility() && !each.closest('.goes'))
  .map((each) => [each.className, each.textContent.trim().slice(0, 30),
                  each.getBoundingClientRect().width, each.getBoundingClientRect().height])"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield running
        running.close()


@pytest.fixture
def stand(service: KioskService) -> Iterator[str]:
    """The address of a kiosk with a print under its camera."""
    server = Server(create_app(service, ScreenConfig(px_per_mm=PX_PER_MM), HOSTS), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    service.query.dismiss()
    yield server.address
    service.query.dismiss()
    server.stop()
    thread.join()


@pytest.fixture
def open_page(browser: Browser, stand: str) -> Iterator[Callable[..., Page]]:
    """A function that opens the page at a size, without motion."""
    contexts = []

    def open_one(size: tuple[int, int] = (1280, 800), query: str = "") -> Page:
        contexts.append(
            browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                has_touch=True,
                reduced_motion="reduce",
            )
        )
        page = contexts[-1].new_page()
        page.goto(stand + query)
        return page

    yield open_one
    for context in contexts:
        context.close()


def scene(page: Page, name: str) -> None:
    """Wait until a scene is shown and the one before is gone."""
    expect(page.locator(f"#stage .scene[data-scene={name}]:not(.goes)")).to_be_visible()
    expect(page.locator("#stage .goes")).to_have_count(0)


def faults(page: Page, within: str = "html") -> list[Any]:
    """Return axe's findings (WCAG 2.2 A and AA), cut-off words and too small targets."""
    found = Axe().run(page, within, options=RULES).response["violations"]
    barred = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found]
    mm = page.evaluate(
        "parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--mm'))"
    )
    least = max(44, 10 * mm) - 0.5
    boxes = page.evaluate(TARGETS)
    small = [box for box in boxes if min(box[2:]) < least]
    small += [box for box in boxes if "main" in box[0] and min(box[2:]) < 20 * mm - 0.5]
    return [*barred, *page.evaluate(CUT_OFF), *small]


@pytest.mark.parametrize(
    ("language", "size", "text", "contrast", "theme"),
    LOOKS,
    ids=lambda v: "x".join(map(str, v)) if isinstance(v, tuple) else str(v),
)
def test_every_page_is_accessible_with_uncut_words_and_large_targets(
    open_page: Callable[..., Page],
    service: KioskService,
    language: str,
    size: tuple[int, int],
    text: str,
    contrast: str,
    theme: str,
) -> None:
    page = open_page(size, f"?{asked(language, text, contrast, theme)}")
    found = {}
    scene(page, "looking")
    found["looking"] = faults(page)
    service.query.look()
    scene(page, "answer")
    found["answer"] = faults(page)
    page.locator(".look summary").first.tap()
    found["looks"] = faults(page, ".switches")
    page.locator(".look summary").first.tap()
    for name in ("why", "home"):
        page.locator(f".scene:not(.goes) .more [data-sheet^='/{name}/']").tap()
        expect(page.locator("#closer h1")).to_be_visible()
        found[name] = faults(page)
        page.locator("#closer [data-action=close]").tap()
    page.locator(".scene:not(.goes) .more [data-read]").tap()
    expect(page.locator("#reading h1")).to_be_visible()
    found["reading"] = faults(page)
    page.locator("#reading [data-action=back]").tap()
    page.locator(".scene:not(.goes) [data-action=narrow]").tap()
    expect(page.locator("#narrowing h1")).to_be_visible()
    found["narrowing"] = faults(page)
    page.locator("#narrowing [data-action=done]").tap()
    page.locator(".scene:not(.goes) .more [data-action=part]").tap()
    scene(page, "part")
    found["part"] = faults(page)
    page.locator(".scene:not(.goes) [data-action=again]").tap()
    service.query.dismiss()
    scene(page, "looking")
    page.locator(".scene:not(.goes) [data-go]").tap()
    expect(page.locator("#reading .wall")).to_be_visible()
    found["wall"] = faults(page)
    page.locator("#reading [data-action=sift]").tap()
    expect(page.locator("#sifting h1")).to_be_visible()
    found["sifting"] = faults(page)
    page.locator("#sifting [data-action=done]").tap()
    expect(page.locator("#sifting")).to_be_hidden()
    page.locator("#reading [data-go*=maker]").tap()
    expect(page.locator("#reading .list")).to_be_visible()
    found["list"] = faults(page)
    page.locator("#reading [data-action=home]").tap()
    page.evaluate(PASSING_BY)
    expect(page.locator("#attract .slide")).to_be_visible()
    found["attract"] = faults(page)
    page.goto(page.url.split("?")[0] + f"?guest&language={language}")
    scene(page, "invite")
    found["invite"] = faults(page)
    page.goto(page.url.split("?")[0] + "nowhere")
    found["error"] = faults(page)
    bad = [f"{name}: {each}" for name, listed in found.items() for each in listed]
    assert not bad, "\n".join(bad)


STATES = LOOKS if LOOKS is ALL else (PAIRS[0], PAIRS[8], PAIRS[11])


@pytest.mark.parametrize(
    ("language", "size", "text", "contrast", "theme"),
    STATES,
    ids=lambda v: "x".join(map(str, v)) if isinstance(v, tuple) else str(v),
)
def test_every_error_state_is_accessible(
    browser: Browser,
    open_service: Callable[..., KioskService],
    print_pictures: dict[str, Pixels],
    tmp_path: Path,
    language: str,
    size: tuple[int, int],
    text: str,
    contrast: str,
    theme: str,
) -> None:
    found = {}
    notifier = BlockingNotifier()
    well = open_service(opener_of(next(iter(print_pictures.values()))), notifier=notifier)
    wait_for(well, Phase.LOOKING)
    kiosks = {
        "hold_still": well,
        "camera_lost": open_service(no_camera),
        "camera_busy": open_service(busy_camera),
        "no_bundle": open_service(bundle=tmp_path / "none"),
    }
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, has_touch=True, reduced_motion="reduce"
    )
    for name, service in kiosks.items():
        with serving(service) as address:
            page = context.new_page()
            if name == "hold_still":
                notifier.block()
                service.query.look()
            page.goto(f"{address}?{asked(language, text, contrast, theme)}")
            scene(page, "camera_lost" if name == "camera_busy" else name)
            found[name] = faults(page)
            if name == "hold_still":
                notifier.gate.set()
                wait_for(service, Phase.FOUND)
                service.query.look(filters=Filters(words="nowhere-to-be-found"))
                wait_for(service, Phase.NOT_FOUND)
                scene(page, "not_found")
                found["not_found"] = faults(page)
                page.evaluate("document.getElementById('still').showModal()")
                found["still"] = faults(page, "#still")
            page.close()
    context.close()
    bad = [f"{name}: {each}" for name, listed in found.items() for each in listed]
    assert not bad, "\n".join(bad)


@contextlib.contextmanager
def serving(service: KioskService) -> Iterator[str]:
    """Serve a kiosk during a `with` block; yield its address."""
    server = Server(create_app(service, ScreenConfig(px_per_mm=PX_PER_MM), HOSTS), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.address
    finally:
        server.stop()
        thread.join()


def place(page: Page) -> Any:
    """Return the positions of the visible language buttons."""
    return page.evaluate("""() => [...document.querySelectorAll('.switches')]
      .filter((each) => each.checkVisibility()).at(-1).getBoundingClientRect().toJSON()""")


def test_one_tap_in_the_same_place_changes_the_language_on_every_page(
    open_page: Callable[..., Page], service: KioskService
) -> None:
    page = open_page()
    scene(page, "looking")
    seen = place(page)
    page.locator("body > .switches [value=de]").tap()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Welches Blatt ist das?")).to_be_visible()
    service.query.look()
    scene(page, "answer")
    assert place(page) == seen
    page.locator("body > .switches [value=fr]").tap()
    expect(page.locator(".scene:not(.goes) .verdict")).to_have_text("Cette estampe")
    page.locator(".scene:not(.goes) .more [data-read]").tap()
    expect(page.locator("#reading h1")).to_be_visible()
    assert place(page) == seen
    page.locator("#reading .switches [value=it]").tap()
    expect(page.locator("#reading [data-action=back]")).to_have_text("Indietro")
    page.locator("#reading [data-action=back]").tap()
    page.locator(".scene:not(.goes) [data-action=narrow]").tap()
    expect(page.locator("#narrowing h1")).to_have_text("Filtri di ricerca")
    assert place(page) == seen
    page.locator("#narrowing .switches [value=de]").tap()
    expect(page.locator("#narrowing h1")).to_have_text("Suche eingrenzen")
    assert service.snapshot().state.phase is Phase.FOUND


def test_an_upload_is_answered_again_in_another_language(
    open_page: Callable[..., Page], upload: bytes
) -> None:
    page = open_page(query="?guest")
    scene(page, "invite")
    choose(upload, page)
    scene(page, "answer")
    page.locator("body > .switches [value=de]").tap()
    expect(page.locator(".scene:not(.goes) .verdict")).to_have_text("Dieses Blatt")
    expect(page.locator(".scene:not(.goes) [data-action=again]")).to_have_text("Anderes Bild")


def test_the_idle_question_can_be_put_off_and_then_resets_the_visit(
    browser: Browser, open_service: Callable[..., KioskService], print_pictures: dict[str, Pixels]
) -> None:
    service = open_service(opener_of(next(iter(print_pictures.values()))))
    wait_for(service, Phase.LOOKING)
    screen = ScreenConfig(idle_s=60, grace_s=20)
    server = Server(create_app(service, screen, HOSTS), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
    page = context.new_page()
    page.clock.install(time=0)
    page.goto(f"{server.address}?language=de&text=large")
    page.clock.pause_at(10_000)
    service.query.look()
    wait_for(service, Phase.FOUND)
    page.clock.run_for(1000)
    expect(page.locator("[data-scene=answer]:not(.goes)")).to_be_visible()
    still = page.locator("#still")
    page.mouse.click(5, 5)
    for _ in range(11):
        page.clock.run_for(59_999)
        expect(still).not_to_be_visible()
        page.clock.run_for(1)
        expect(still).to_be_visible()
        assert still.locator("h2").inner_text() == "Sind Sie noch da?"
        page.clock.run_for(19_999)
        assert service.snapshot().state.phase is Phase.FOUND
        still.get_by_role("button", name="Ja, weiter").tap()
        expect(still).not_to_be_visible()
    page.clock.run_for(79_999)
    expect(still).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.clock.run_for(1)
    expect(still).not_to_be_visible()
    wait_for(service, Phase.LOOKING)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-text", "normal")
    assert context.cookies() == []
    page.clock.run_for(200_000)  # a reset would lose nothing, so nothing is asked
    expect(still).not_to_be_visible()
    context.close()
    server.stop()
    thread.join()
