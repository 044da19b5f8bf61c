"""The guided capture as a strip: nothing there, moving, held still, answered, side by side."""

from collections.abc import Callable
from pathlib import Path

import guided
import kiosks
from playwright.sync_api import Browser, Page

from device.imaging.frames import Pixels

WAIT_MS = 20_000
FADE_MS = 900


def write(browser: Browser, bundle: Path, print_: Pixels, path: Path, folder: Path) -> None:
    """Write the strip.

    Args:
        browser: Where it is looked at.
        bundle: What the kiosk answers from.
        print_: The print that comes, uint8 (H, W, 3) RGB.
        path: The file, a WebP picture.
        folder: Where each stage's picture is put.
    """
    pushed = [guided.laid(print_, place) for place in guided.PUSHED]
    stages = [
        _moment(browser, bundle, [guided.empty()], 60, lambda headers: True),
        _moment(browser, bundle, pushed, 0.1, lambda headers: headers.get("x-hint") == "moving"),
        _moment(browser, bundle, pushed, 0.36, guided.still_between(0.3, 0.95)),
        _answered(browser, bundle, print_),
    ]
    files = [folder / f"guided-{number}.png" for number, _ in enumerate(stages, 1)]
    for file, stage in zip(files, stages, strict=True):
        file.write_bytes(stage)
    guided.write_strip(files, path)


def _moment(
    browser: Browser,
    bundle: Path,
    pictures: list[Pixels],
    hold_s: float,
    wanted: Callable[[dict[str, str]], bool],
) -> bytes:
    """Give a picture of one moment of the live picture."""
    with kiosks.running(bundle, guided.in_turn(pictures, hold_s), hands_free=True) as kiosk:
        page = _open(browser, kiosk.address)
        guided.stop_at(page, wanted)
        page.goto("/")
        page.wait_for_selector("[data-scene=looking] [data-preview][src]", timeout=WAIT_MS)
        page.wait_for_timeout(3000)
        return _shoot(page)


def _answered(browser: Browser, bundle: Path, print_: Pixels) -> bytes:
    with kiosks.running(
        bundle, guided.in_turn([guided.laid(print_)], 60), hands_free=True
    ) as kiosk:
        page = _open(browser, kiosk.address)
        page.goto("/")
        page.wait_for_selector("[data-scene=answer]:not(.goes)", timeout=WAIT_MS)
        return _shoot(page)


def _open(browser: Browser, address: str) -> Page:
    return next(iter(guided.pages(browser, address, (guided.STRIP_SIZE,))))


def _shoot(page: Page) -> bytes:
    page.wait_for_timeout(FADE_MS)
    picture = page.screenshot()
    page.context.close()
    return picture
