"""A strip of pictures of a newcomer's first minutes: a clean start, no camera, no touch.

Run as a script: `python tests/screens/first_minutes.py --out out/first-minutes.webp`.
"""

import argparse
import io
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, sync_playwright

SIZE = (1280, 720)
FADE_MS = 900
WITHIN_S = 15.0
CAPTION = 30
WIDTH = 480

# What the page shows: the scene, its words, and whether the outline of a print is drawn.
LOOK = """() => {
  const scene = document.querySelector('#stage .scene:not(.goes)');
  const words = (selector) => scene?.querySelector(selector)?.textContent.trim() ?? '';
  return {
    scene: scene?.dataset.scene ?? '',
    claim: words('.verdict') || words('.statement'),
    title: words('.title'),
    isOutlined: Boolean(scene?.querySelector('[data-outline].shown')),
  }; }"""
# Seconds since the first paint, by the browser's own clock.
SINCE_PAINT = """() => {
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  return paint ? (performance.now() - paint.startTime) / 1000 : 0; }"""


@dataclass(slots=True, kw_only=True)
class Seen:
    """One answer that a newcomer saw, with the picture of the print before it.

    Attributes:
        at_s: Seconds from the first paint to the answer.
        claim: The page's claim of the print.
        title: The title of the print that was found; empty for none.
        coming: The page while the print came; `None` if it came before the page was open.
        answer: The page with the answer.
    """

    at_s: float
    claim: str
    title: str
    coming: Image.Image | None
    answer: Image.Image


def main() -> int:
    """Watch a kiosk and write the strip; return 1 if the first answer is late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the strip, a WebP or PNG picture")
    parser.add_argument("--bundle", type=Path, default=Path("demo/bundle"), metavar="FOLDER")
    parser.add_argument(
        "--address", help="page of a kiosk that runs already, such as by make run; else one starts"
    )
    parser.add_argument(
        "--seconds", type=float, default=120.0, help="time to watch, in seconds (default: 120)"
    )
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    given = parser.parse_args()
    with kiosk(given.address, given.bundle) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium)
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.goto(address)
        seen = list(watch(page, given.seconds))
        browser.close()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    strip(seen).save(given.out, quality=80)
    for each in seen:
        sys.stdout.write(
            f"{each.at_s:6.1f} s  {each.claim}{': ' if each.title else ''}{each.title}\n"
        )
    sys.stdout.write(f"{given.out}\n")
    return 0 if seen and seen[0].at_s <= WITHIN_S else 1


@contextmanager
def kiosk(address: str | None, bundle: Path) -> Iterator[str]:
    """Yield the address of a running kiosk, or of a fresh one with the replay camera."""
    if address is not None:
        yield address
        return
    command = [sys.executable, "-m", "kiosk_ui", "--bundle", str(bundle), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--camera", "replay", "--quiet"], stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout is None:
            raise OSError("the kiosk has no output")
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


def watch(page: Page, seconds: float) -> Iterator[Seen]:
    """Yield each answer that the page shows within some seconds, untouched."""
    until_s = time.monotonic() + seconds
    coming: Image.Image | None = None
    last: dict[str, Any] = {}
    before: dict[str, Any] = {}
    while time.monotonic() < until_s:
        look = page.evaluate(LOOK)
        is_answer = look["scene"] in ("answer", "not_found")
        if look["scene"] == "hold_still":
            last = {}
        if look["isOutlined"]:
            taken = screenshot(page)
            is_steady = look == before == page.evaluate(LOOK)  # nothing fades
            if coming is None or (is_steady and look["scene"] != "hold_still"):
                coming = taken
        elif is_answer and (look["claim"], look["title"]) != (last.get("claim"), last.get("title")):
            at_s = page.evaluate(SINCE_PAINT)
            page.wait_for_timeout(FADE_MS)
            yield Seen(
                at_s=at_s,
                claim=look["claim"],
                title=look["title"],
                coming=coming,
                answer=screenshot(page),
            )
            last, coming = look, None
        before = look
        page.wait_for_timeout(60)


def screenshot(page: Page) -> Image.Image:
    """Return the page as a picture."""
    return Image.open(io.BytesIO(page.screenshot(type="jpeg", quality=92))).convert("RGB")


def strip(seen: list[Seen]) -> Image.Image:
    """Return the pictures in two columns of pairs, with time and claim below each pair."""
    height = round(WIDTH * SIZE[1] / SIZE[0])
    rows = -(-len(seen) // 2)
    sheet = Image.new("RGB", (4 * WIDTH + 60, max(rows, 1) * (height + CAPTION + 16)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(20)
    for number, each in enumerate(seen):
        left = (number % 2) * (2 * WIDTH + 40)
        top = (number // 2) * (height + CAPTION + 16)
        for place, picture in enumerate((each.coming, each.answer)):
            if picture is not None:
                small = picture.resize((WIDTH, height), Image.Resampling.LANCZOS)
                sheet.paste(small, (left + place * (WIDTH + 8), top))
        words = f"{each.at_s:.0f} s: {each.claim}{' - ' if each.title else ''}{each.title}"
        draw.text((left, top + height + 3), words[:92], fill="black", font=font)
    return sheet


if __name__ == "__main__":
    sys.exit(main())
