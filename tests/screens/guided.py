"""Pictures of the guided capture: a print comes, is held, is answered by itself; each verdict; corners marked by hand.

What passes in a moment is held for the picture: the live picture's answers are repeated once the wanted one came.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from clip import Clip, Place
from PIL import Image
from playwright.sync_api import APIResponse, Browser, Page, Route

from device.cameras import CameraSource, ReplayPicture
from device.cameras.replay import ReplayCamera
from device.config import CameraConfig
from device.imaging.frames import Pixels
from device.service import Answer, KioskService, Verdict
from device.service.query.answer_queue import Query

SIZES = ((800, 480), (1280, 720), (720, 1280))
STRIP_SIZE = (720, 1280)
STRIP_BYTES = 150_000
STRIP_SCALE = 0.5
HERE: Place = (316.0, 240.0, 5.0)
# So many that a slow machine, which sees every third or fourth of them, never sees one twice in a row.
PUSHED: tuple[Place, ...] = tuple(
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


class Saying(KioskService):
    """A kiosk whose verdict can be laid down, so that each one's page can be looked at."""

    claim: tuple[Verdict, bool] | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        recognise = self._queue._answerer

        def say(question: Query) -> Answer:
            answer = recognise(question)
            if self.claim is None:
                return answer
            return replace(answer, verdict=self.claim[0], mirrored=self.claim[1])

        self._queue._answerer = say


def empty() -> Pixels:
    """Give the stand's table with nothing on it."""
    return Clip(width=1280, height=960).empty(0.1).frames[0].pixels


def laid(print_: Pixels, at: Place = HERE) -> Pixels:
    """Give a print on the table, as the stand's camera sees it."""
    clip = Clip(width=1280, height=960)
    return clip.hold(print_, at, seconds=0.1, tremor=0.0).frames[0].pixels


def in_turn(pictures: Sequence[Pixels], hold_s: float) -> Callable[..., CameraSource]:
    """Give an opener of a camera that sees pictures in turn, over and over."""

    def load(pixels: Pixels) -> Callable[[], Pixels]:
        return lambda: pixels

    shown = [ReplayPicture(name=str(n), load=load(each)) for n, each in enumerate(pictures)]

    def opener(*_: object) -> CameraSource:
        camera = ReplayCamera(CameraConfig(fps=12), pictures=shown, hold_s=hold_s)
        camera.open()
        return camera

    return opener


def stop_at(page: Page, wanted: Callable[[dict[str, str]], bool]) -> None:
    """Let the live picture stand still from the first one on whose headers are the wanted ones."""
    kept: list[tuple[APIResponse, bytes]] = []

    def answer(route: Route) -> None:
        if kept:
            time.sleep(0.1)
            response, body = kept[0]
            route.fulfill(status=200, headers=response.headers, body=body)
            return
        response = route.fetch()
        if response.status == 200 and wanted(response.headers):
            kept.append((response, response.body()))
        route.fulfill(response=response)

    page.route("**/preview.jpg*", answer)


def still_between(low: float, high: float) -> Callable[[dict[str, str]], bool]:
    """Give whether a print has come so far on the way to being looked up."""
    return lambda headers: low <= float(headers.get("x-still", 0)) <= high


def pages(browser: Browser, address: str, sizes: Sequence[tuple[int, int]]) -> Iterator[Page]:
    """Give a page of each size, not yet anywhere."""
    for width, height in sizes:
        context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=True, base_url=address
        )
        yield context.new_page()
        context.close()


def write_strip(stages: Sequence[Path], path: Path) -> None:
    """Write the stages side by side, no heavier than a page can bear."""
    pictures = [Image.open(stage).convert("RGB") for stage in stages]
    gap = 24
    width = sum(p.width for p in pictures) + gap * (len(pictures) - 1)
    strip = Image.new("RGB", (width, pictures[0].height), "white")
    left = 0
    for picture in pictures:
        strip.paste(picture, (left, 0))
        left += picture.width + gap
    strip = strip.resize(
        (round(strip.width * STRIP_SCALE), round(strip.height * STRIP_SCALE)),
        Image.Resampling.LANCZOS,
    )
    for quality in range(90, 20, -5):
        strip.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= STRIP_BYTES:
            return
