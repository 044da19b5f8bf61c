"""A contact sheet of the guided capture: empty table, moving, held still, answered."""

from collections.abc import Callable
from pathlib import Path

import guided
import kiosks
from playwright.sync_api import Browser, Page

from device.imaging.frames import Pixels

WAIT_MS = 20_000
FADE_MS = 900


def write(browser: Browser, bundle: Path, print_: Pixels, path: Path, folder: Path) -> None:
    """Write the contact sheet, with its four stages next to each other.

    Args:
        browser: Renders the page.
        bundle: The bundle that the kiosk searches.
        print_: The print laid under the camera, uint8 (H, W, 3) RGB.
        path: The file to write, a WebP picture.
        folder: Receives each stage's screenshot.
    """
    pushed = [guided.on_table(print_, place) for place in guided.PUSHED_PLACES]
    stages = [
        _frozen(browser, bundle, [guided.empty_table()], 60, lambda headers: True),
        _frozen(browser, bundle, pushed, 0.1, lambda headers: headers.get("x-hint") == "moving"),
        _frozen(browser, bundle, pushed, 0.36, guided.stillness_between(0.3, 0.95)),
        _answered(browser, bundle, print_),
    ]
    files = [folder / f"guided-{number}.png" for number, _ in enumerate(stages, 1)]
    for file, stage in zip(files, stages, strict=True):
        file.write_bytes(stage)
    guided.write_contact_sheet(files, path)


def _frozen(
    browser: Browser,
    bundle: Path,
    pictures: list[Pixels],
    hold_s: float,
    is_wanted: Callable[[dict[str, str]], bool],
) -> bytes:
    """Return a screenshot of the live picture, frozen where `is_wanted` accepts its headers."""
    with kiosks.running(bundle, guided.camera_of(pictures, hold_s), hands_free=True) as kiosk:
        page = _open(browser, kiosk.address)
        guided.freeze_preview(page, is_wanted)
        page.goto("/")
        page.wait_for_selector("[data-scene=looking] [data-preview][src]", timeout=WAIT_MS)
        page.wait_for_timeout(3000)
        return _screenshot(page)


def _answered(browser: Browser, bundle: Path, print_: Pixels) -> bytes:
    with kiosks.running(
        bundle, guided.camera_of([guided.on_table(print_)], 60), hands_free=True
    ) as kiosk:
        page = _open(browser, kiosk.address)
        page.goto("/")
        page.wait_for_selector("[data-scene=answer]:not(.goes)", timeout=WAIT_MS)
        return _screenshot(page)


def _open(browser: Browser, address: str) -> Page:
    return next(iter(guided.open_pages(browser, address, (guided.SHEET_SIZE,))))


def _screenshot(page: Page) -> bytes:
    page.wait_for_timeout(FADE_MS)
    picture = page.screenshot()
    page.context.close()
    return picture
