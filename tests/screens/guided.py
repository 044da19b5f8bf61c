"""A print at the stand, the demo's camera, fixed verdicts, and the contact sheet."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page
from stand_clip import Place, StandClip

from device.bundle.reader import OpenedBundle
from device.cameras import CameraSource
from device.cameras.replay import ReplayCamera
from device.config import CameraConfig
from device.imaging.frames import Pixels
from device.service import Answer, KioskService, Verdict
from device.service.assembly import replayed_pictures
from device.service.query.query_queue import Query

SIZES = ((800, 480), (1280, 720), (720, 1280))
SHEET_SIZE = (720, 1280)
SHEET_BYTES = 150_000
SHEET_SCALE = 0.5
# The demo's time in seconds up to which it runs in haste, and how fast its time passes before and after. A screenshot
# takes a while, and so must show the same stage before and after it.
SLOW_FROM_S, HASTE, SLOWNESS = 27.2, 8.0, 0.2
HERE: Place = (316.0, 240.0, 5.0)
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


def on_table(print_: Pixels, at: Place = HERE) -> Pixels:
    """Return a camera picture of a print on the table."""
    clip = StandClip(width=1280, height=960)
    return clip.hold(print_, at, seconds=0.1, tremor=0.0).frames[0].pixels


def slow_demo_camera(bundle: OpenedBundle) -> CameraSource:
    """Return the demo's camera, opened: in haste over the first visits, then slowly."""
    began_s = time.monotonic()

    def clock() -> float:
        hasty_s = (time.monotonic() - began_s) * HASTE
        return min(hasty_s, SLOW_FROM_S) + max(hasty_s - SLOW_FROM_S, 0.0) / HASTE * SLOWNESS

    def sleep(seconds: float) -> None:
        until_s = clock() + seconds
        while clock() < until_s:
            time.sleep(0.01)

    camera = ReplayCamera(
        CameraConfig(), pictures=replayed_pictures(bundle), clock=clock, sleep=sleep
    )
    camera.open()
    return camera


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
