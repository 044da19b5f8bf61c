"""Builds the guided capture's stages: camera frames, fixed verdicts, a frozen preview.

A stage that passes quickly is frozen: once the wanted live picture has come, its response is repeated.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import APIResponse, Browser, Page, Route
from stand_clip import Place, StandClip

from device.cameras import CameraSource, ReplayPicture
from device.cameras.replay import ReplayCamera
from device.config import CameraConfig
from device.imaging.frames import Pixels
from device.service import Answer, KioskService, Verdict
from device.service.query.query_queue import Query

SIZES = ((800, 480), (1280, 720), (720, 1280))
SHEET_SIZE = (720, 1280)
SHEET_BYTES = 150_000
SHEET_SCALE = 0.5
HERE: Place = (316.0, 240.0, 5.0)
# Enough places that a slow machine, which sees every third or fourth frame, never sees one twice
# in a row.
PUSHED_PLACES: tuple[Place, ...] = tuple(
    (316.0 + 24.0 * across, 240.0 + 6.0 * down, 5.0)
    for across, down in (
        (0, 0),
        (1, -1),
        (-1, 1),
        (2, 0),
        (-2, -1),
        (0, 2),
        (1, 1),
        (-1, -2),
        (2, 2),
    )
)

CLAIMS = (
    ("same-print", Verdict.SAME_PRINT, False),
    ("same-image", Verdict.SAME_IMAGE, False),
    ("in-reverse", Verdict.SAME_IMAGE, True),
    ("similar", Verdict.SIMILAR_ONLY, False),
    ("none", Verdict.NOT_IN_COLLECTION, False),
)


class FixedVerdictKiosk(KioskService):
    """A kiosk whose verdict can be fixed, so that each verdict's page can be photographed."""

    claim: tuple[Verdict, bool] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recognise = self._queue._answerer

        def recognise_as_claimed(query: Query) -> Answer:
            answer = recognise(query)
            if self.claim is None:
                return answer
            return replace(answer, verdict=self.claim[0], mirrored=self.claim[1])

        self._queue._answerer = recognise_as_claimed


def empty_table() -> Pixels:
    """Return a camera picture of the stand's empty table."""
    return StandClip(width=1280, height=960).empty(0.1).frames[0].pixels


def on_table(print_: Pixels, at: Place = HERE) -> Pixels:
    """Return a camera picture of a print on the table."""
    clip = StandClip(width=1280, height=960)
    return clip.hold(print_, at, seconds=0.1, tremor=0.0).frames[0].pixels


def camera_of(pictures: Sequence[Pixels], hold_s: float) -> Callable[..., CameraSource]:
    """Return an opener of a camera that shows pictures in a loop, each for `hold_s` seconds."""

    def load(pixels: Pixels) -> Callable[[], Pixels]:
        return lambda: pixels

    shown = [ReplayPicture(name=str(n), load=load(each)) for n, each in enumerate(pictures)]

    def opener(*_: object) -> CameraSource:
        camera = ReplayCamera(CameraConfig(fps=12), pictures=shown, hold_s=hold_s)
        camera.open()
        return camera

    return opener


def freeze_preview(page: Page, is_wanted: Callable[[dict[str, str]], bool]) -> None:
    """Repeat the first live picture whose headers `is_wanted` accepts."""
    kept: list[tuple[APIResponse, bytes]] = []

    def answer(route: Route) -> None:
        if kept:
            time.sleep(0.1)
            response, body = kept[0]
            route.fulfill(status=200, headers=response.headers, body=body)
            return
        response = route.fetch()
        if response.status == 200 and is_wanted(response.headers):
            kept.append((response, response.body()))
        route.fulfill(response=response)

    page.route("**/preview.jpg*", answer)


def stillness_between(low: float, high: float) -> Callable[[dict[str, str]], bool]:
    """Return a test of a live picture's headers: the print's stillness is within the bounds."""
    return lambda headers: low <= float(headers.get("x-still", 0)) <= high


def open_pages(browser: Browser, address: str, sizes: Sequence[tuple[int, int]]) -> Iterator[Page]:
    """Yield an empty page of each size."""
    for width, height in sizes:
        context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=True, base_url=address
        )
        yield context.new_page()
        context.close()


def write_contact_sheet(stages: Sequence[Path], path: Path) -> None:
    """Write the stages next to each other as a WebP picture of at most `SHEET_BYTES`."""
    pictures = [Image.open(stage).convert("RGB") for stage in stages]
    gap = 24
    width = sum(p.width for p in pictures) + gap * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, pictures[0].height), "white")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + gap
    sheet = sheet.resize(
        (round(sheet.width * SHEET_SCALE), round(sheet.height * SHEET_SCALE)),
        Image.Resampling.LANCZOS,
    )
    for quality in range(90, 20, -5):
        sheet.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= SHEET_BYTES:
            return
