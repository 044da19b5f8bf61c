"""A contact sheet of the guided capture, from the demo: coming, seen, held, answered."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import guided
import kiosks
from playwright.sync_api import Browser, Page

FADE_MS = 900
WITHIN_S = 180.0

# What the page shows of the stand: a visit is followed by this, without a word from the kiosk.
LOOK = """() => {
  const scene = document.querySelector('#stage .scene:not(.goes)');
  const outline = scene?.querySelector('[data-outline]');
  return {
    scene: scene?.dataset.scene ?? '',
    words: scene?.querySelector('[data-guide]:not(.turns)')?.textContent ?? '',
    isOutlined: Boolean(outline?.classList.contains('shown')),
    isGrowing: Boolean(outline?.classList.contains('growing')),
  }; }"""

# The page's words while a print comes; one that was looked up has others.
COMING = ("Please hold it still.", "Good. Hold it still.")
Look = Mapping[str, Any]
STAGES: Mapping[str, Callable[[Look], bool]] = {
    "coming": lambda look: look["scene"] == "looking" and not look["isOutlined"],
    "seen": lambda look: look["words"] in COMING and look["isOutlined"] and not look["isGrowing"],
    "held": lambda look: look["scene"] == "looking" and look["isGrowing"],
    "answered": lambda look: look["scene"] in ("answer", "not_found"),
}


def write(browser: Browser, bundle: Path, path: Path, folder: Path) -> None:
    """Write the contact sheet: the four stages of one visit of the demo side by side.

    Args:
        browser: Renders the page.
        bundle: The bundle that the kiosk searches.
        path: The file to write, a WebP picture.
        folder: Receives each stage's screenshot.
    """
    with kiosks.running(bundle, guided.slow_demo_camera, hands_free=True) as kiosk:
        page = next(iter(guided.open_pages(browser, kiosk.address, (guided.SHEET_SIZE,))))
        page.goto("/")
        stages = _watched(page)
        page.context.close()
    files = [folder / f"guided-{name}.png" for name in STAGES]
    for file, name in zip(files, STAGES, strict=True):
        file.write_bytes(stages[name])
    guided.write_contact_sheet(files, path)


def _watched(page: Page) -> dict[str, bytes]:
    """Return a screenshot of each stage, all of one visit."""
    taken: dict[str, bytes] = {}
    until_s = time.monotonic() + WITHIN_S
    while "answered" not in taken:
        if time.monotonic() > until_s:
            raise TimeoutError(f"the demo showed only {list(taken)} in {WITHIN_S:.0f} s")
        look = page.evaluate(LOOK)
        if STAGES["answered"](look) and len(taken) < len(STAGES) - 1:
            taken.clear()  # an earlier visit's
            page.locator(".scene:not(.goes) [data-action=again]").click()
        for name in [name for name, is_shown in STAGES.items() if is_shown(look)]:
            page.wait_for_timeout(FADE_MS if name in ("coming", "answered") else 0)
            picture = page.screenshot()
            if STAGES[name](page.evaluate(LOOK)):  # still so: the picture shows this stage
                taken[name] = picture
        page.wait_for_timeout(50)
    return taken
