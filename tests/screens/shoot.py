"""Pictures of every state of the page at every size, taken in a real Chromium into a folder.

Run as a script: `python tests/screens/shoot.py --bundle demo/bundle --out out/screenshots`.
"""

import argparse
import contextlib
import io
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright

# The prints on a table that the tests' clips show.
sys.path.insert(0, str(Path(__file__).parents[1] / "standins"))

import guided

from device.bundle.opened import opened
from device.cameras import CameraSource, ReplayPicture
from device.cameras.replay import ReplayCamera
from device.config import CameraConfig, RecognitionConfig, ScreenConfig, WatchConfig
from device.errors import CameraMissingError
from device.notify import Notifier
from device.recognition import frames
from device.recognition.frames import Pixels
from device.service import KioskService, Verdict
from kiosk_ui.app import create_app
from kiosk_ui.server import Server

STAND_SIZES = ((800, 480), (1280, 720), (720, 1280), (1440, 900))
GUEST_SIZES = ((390, 844), (1280, 720))
HOSTS = ("127.0.0.1",)
WAIT_MS = 20_000


class Held(Notifier):
    """Holds the kiosk's working loop still, so that a passing state can be looked at."""

    def __init__(self) -> None:
        super().__init__(None)
        self.go_on = threading.Event()
        self.go_on.set()
        self._is_held = threading.Event()

    def watchdog(self) -> None:
        """Wait while held."""
        if not self.go_on.is_set():
            self._is_held.set()
            self.go_on.wait()

    def hold(self) -> None:
        """Hold the loop, from when this returns until `go_on` is set."""
        self._is_held.clear()
        self.go_on.clear()
        self._is_held.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kiosk:
    """A running kiosk and what holds it."""

    service: guided.Saying
    notifier: Held
    address: str


@contextlib.contextmanager
def running(
    bundle: Path, open_camera: Callable[..., CameraSource], *, hands_free: bool = False
) -> Iterator[Kiosk]:
    """Serve a kiosk in this process for the length of a `with` block."""
    notifier = Held()
    with guided.Saying(
        bundle,
        open_camera,
        RecognitionConfig(),
        notifier=notifier,
        watch=WatchConfig(enabled=hands_free),
    ) as service:
        server = Server(create_app(service, ScreenConfig(), HOSTS), "127.0.0.1", 0)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield Kiosk(service=service, notifier=notifier, address=server.address)
        finally:
            notifier.go_on.set()
            server.stop()
            thread.join()


def showing(pixels: Pixels) -> Callable[..., CameraSource]:
    """Give an opener of a camera under which one picture lies."""
    picture = ReplayPicture(name="shown", load=lambda: pixels)
    return lambda *_: _opened(ReplayCamera(CameraConfig(), pictures=[picture]))


def on_a_table(pixels: Pixels) -> Pixels:
    """Give a picture as the stand's camera might see it: a sheet on a grey table, slightly turned."""
    table = Image.new("RGB", (1280, 960), (86, 82, 78))
    sheet = Image.fromarray(pixels)
    sheet.thumbnail((1120, 860))
    paper = Image.new("RGB", (sheet.width + 36, sheet.height + 36), (238, 233, 222))
    paper.paste(sheet, (18, 18))
    mask = Image.new("L", paper.size, 255).rotate(2, expand=True, resample=Image.Resampling.BICUBIC)
    turned = paper.rotate(2, expand=True, resample=Image.Resampling.BICUBIC)
    table.paste(turned, ((1280 - turned.width) // 2, (960 - turned.height) // 2), mask)
    return np.asarray(table)


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--strip", type=Path, help="write the guided capture's stages side by side into this file"
    )
    parser.add_argument("--only-guided", action="store_true", help="take no other pictures")
    parser.add_argument(
        "--filling", action="store_true", help="let the print fill the camera's frame"
    )
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium)
        with running(arguments.bundle, _no_camera) as asked:
            shooting = _Shooting(browser, arguments.bundle, arguments.out, asked.service)
            shooting.guided(arguments.strip)
            if not arguments.only_guided:
                shooting.all()
        browser.close()
    return 0


class _Shooting:
    """One round of pictures."""

    def __init__(self, browser: Browser, bundle: Path, out: Path, asked: KioskService) -> None:
        self._browser = browser
        self._bundle = bundle
        self._out = out
        self._asked = asked
        with opened(bundle) as parts:
            records = [parts.records.at(row) for row in range(parts.manifest.items)]
            self._shown = [r.record_id for r in records if r.show_picture]
            self._hidden = [r.record_id for r in records if not r.show_picture]
            self._longest = max(records, key=lambda r: len(r.title) * r.show_picture).record_id
            wide = [r for r in records if r.show_picture and r.width > 1.2 * r.height]
            self._wide = wide[len(wide) // 2].record_id if wide else self._shown[-1]
            self._first = self._shown[len(self._shown) // 3]
            self._guided = self._shown[len(self._shown) // 15]
            self._pixels = {
                record_id: frames.decode(parts.pictures.get(record_id, "screen"), name=record_id)
                for record_id in {self._first, self._guided, self._longest, self._wide}
            }

    def all(self) -> None:
        """Take every picture."""
        for name, record_id in (("", self._first), ("-wide", self._wide), ("-long", self._longest)):
            with running(self._bundle, showing(self._laid(record_id))) as kiosk:
                self._visit(kiosk, name)
        self._unsure()
        with running(self._bundle, showing(self._stranger())) as kiosk:
            self._not_found(kiosk)
        self._failing()
        with running(self._bundle, showing(self._pixels[self._first])) as kiosk:
            self._guest(kiosk)

    def guided(self, strip: Path | None) -> None:
        """Take the pictures of the guided capture; as a strip too where one is wanted."""
        print_ = self._pixels[self._guided]
        here = guided.laid(print_)
        stages: list[Path] = []
        with running(self._bundle, guided.in_turn([guided.empty()], 60), hands_free=True) as kiosk:
            stages += self._moment(kiosk, "guided-1-empty", lambda headers: True)
        pushed = [guided.laid(print_, place) for place in guided.PUSHED]
        with running(self._bundle, guided.in_turn(pushed, 0.1), hands_free=True) as kiosk:
            stages += self._moment(
                kiosk, "guided-2-moving", lambda headers: headers.get("x-hint") == "moving"
            )
        with running(self._bundle, guided.in_turn(pushed, 0.36), hands_free=True) as kiosk:
            stages += self._moment(kiosk, "guided-3-still", guided.still_between(0.3, 0.95))
        with running(self._bundle, guided.in_turn([here], 60), hands_free=True) as kiosk:
            stages += self._answered(kiosk)
        self._claims(here)
        if strip is not None:
            guided.write_strip(stages, strip)

    def _moment(
        self, kiosk: Kiosk, name: str, wanted: Callable[[dict[str, str]], bool]
    ) -> list[Path]:
        """Shoot one moment of the live picture; give the strip's picture of it."""
        for page in guided.pages(self._browser, kiosk.address, guided.SIZES):
            guided.stop_at(page, wanted)
            page.goto("/")
            _wait(page, "[data-scene=looking] [data-preview][src]")
            page.wait_for_timeout(3000)
            self._shoot(page, name)
        return [self._path(name, guided.STRIP_SIZE)]

    def _answered(self, kiosk: Kiosk) -> list[Path]:
        for page in guided.pages(self._browser, kiosk.address, guided.SIZES):
            page.goto("/")
            _wait(page, "[data-scene=answer], [data-scene=not_found]")
            page.wait_for_function(
                "[...document.querySelectorAll('.scene:not(.goes) img')].every((i) => i.complete)"
            )
            self._shoot(page, "guided-4-answer")
        kiosk.service.dismiss()
        for page in guided.pages(self._browser, kiosk.address, guided.SIZES):
            page.goto("/")
            _wait(page, "[data-scene=looking] [data-preview][src]")
            page.wait_for_timeout(2500)
            self._shoot(page, "guided-5-known")
        return [self._path("guided-4-answer", guided.STRIP_SIZE)]

    def _claims(self, pixels: Pixels) -> None:
        """Shoot each verdict on an upload, and the corners marked by hand."""
        with running(self._bundle, _no_camera) as kiosk:
            for page in guided.pages(self._browser, kiosk.address, (*guided.SIZES, GUEST_SIZES[0])):
                page.goto("/?guest")
                for name, verdict, mirrored in guided.CLAIMS:
                    kiosk.service.claim = verdict, mirrored
                    self._upload(page, pixels)
                    _wait(page, ".scene:not(.goes) [data-action=corners]")
                    self._shoot(page, f"says-{name}")
                page.locator(".scene:not(.goes) [data-action=corners]").click()
                _wait(page, "[data-scene=corners] img[src]")
                self._shoot(page, "marking")
                box = page.locator("[data-corner='1']").bounding_box()
                if box is None:
                    raise ValueError("the corner can't be seen")
                page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                page.mouse.down()
                page.mouse.move(box["x"] + box["width"] / 2 + 24, box["y"], steps=3)
                self._shoot(page, "marking-drag")
                page.mouse.up()

    def _path(self, name: str, size: tuple[int, int]) -> Path:
        return self._out / f"{name}-{size[0]}x{size[1]}.png"

    def _laid(self, record_id: str) -> Pixels:
        """Give a print as the stand's camera may see it: on a table, or filling the frame if need be."""
        pixels = self._pixels[record_id]
        table = on_a_table(pixels)
        return table if self._verdict(table) is Verdict.SAME_PRINT else pixels

    def _half_known(self) -> Pixels | None:
        """Give a picture that the kiosk is not sure of, if one is soon found."""
        pixels = Image.fromarray(self._pixels[self._first])
        for share in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4):
            part = pixels.crop((0, 0, int(pixels.width * share), int(pixels.height * share)))
            if self._verdict(np.asarray(part)) is Verdict.SIMILAR_ONLY:
                return np.asarray(part)
        return None

    def _verdict(self, pixels: Pixels) -> Verdict:
        return self._asked.identify(_jpeg(pixels)).verdict

    def _unsure(self) -> None:
        pixels = self._half_known()
        if pixels is None:
            return
        with running(self._bundle, showing(pixels)) as kiosk:
            for page in self._pages(kiosk, STAND_SIZES):
                _wait(page, "[data-scene=looking] [data-preview][src]")
                page.get_by_role("button", name="Which print is this?").click()
                _wait(page, "[data-scene=answer], [data-scene=not_found]")
                self._shoot(page, "unsure")
                kiosk.service.dismiss()

    def _visit(self, kiosk: Kiosk, name: str) -> None:
        for page in self._pages(kiosk, STAND_SIZES):
            _wait(page, "[data-scene=looking] [data-preview][src]")
            if not name:
                self._shoot(page, "looking")
                kiosk.notifier.hold()
                page.get_by_role("button", name="Which print is this?").click()
                _wait(page, "[data-scene=hold_still]")
                self._shoot(page, "hold-still")
                kiosk.notifier.go_on.set()
            else:
                page.get_by_role("button", name="Which print is this?").click()
            _wait(page, "[data-scene=answer], [data-scene=not_found]")
            self._shoot(page, f"answer{name}")
            if not name:
                self._closer(page)
                self._sheets(page)
            kiosk.service.dismiss()

    def _closer(self, page: Page) -> None:
        """Shoot why it is this print, every way to compare, and its link to take home."""
        page.locator(".scene:not(.goes) [data-sheet^='/why/']").click()
        _wait(page, "#closer[open] h1")
        page.wait_for_function(
            "[...document.querySelectorAll('#closer img')].every((i) => i.complete)"
        )
        for mode in ("beside", "wipe", "fade", "blink"):
            page.locator(f"[data-mode-to={mode}]").click()
            self._shoot(page, f"why-{mode}")
        page.locator("#closer [data-action=close]").click()
        home = page.locator(".scene:not(.goes) [data-sheet^='/home/']")
        if home.count():
            home.click()
            _wait(page, "#closer[open] h1")
            self._shoot(page, "home")
            page.locator("#closer [data-action=close]").click()

    def _sheets(self, page: Page) -> None:
        page.get_by_role("button", name="Read more").click()
        _wait(page, "#reading[open] h1")
        self._shoot(page, "reading")
        page.get_by_role("button", name="Back").click()
        if self._hidden:
            page.evaluate(
                "async (id) => (await import('/static/reading.js')).readPrint(document.getElementById('reading'), id)",
                self._hidden[0],
            )
            _wait(page, "#reading[open] h1")
            self._shoot(page, "reading-no-picture")
            page.get_by_role("button", name="Back").click()
        page.locator(".scene:not(.goes) [data-action=narrow]").click()
        _wait(page, "#narrowing[open] h1")
        page.locator("#narrowing .chip").nth(1).click()
        page.wait_for_timeout(500)
        self._shoot(page, "narrowing")
        page.get_by_role("button", name="Clear").click()
        page.get_by_role("button", name="Done").click()

    def _not_found(self, kiosk: Kiosk) -> None:
        for page in self._pages(kiosk, STAND_SIZES):
            _wait(page, "[data-scene=looking] [data-preview][src]")
            page.get_by_role("button", name="Which print is this?").click()
            _wait(page, "[data-scene=answer], [data-scene=not_found]")
            self._shoot(page, "not-found")
            kiosk.service.dismiss()

    def _failing(self) -> None:
        opening = threading.Event()

        def slow(*_: object) -> CameraSource:
            opening.wait()
            raise CameraMissingError("camera: there is none")

        with running(self._bundle, slow) as kiosk:
            for page in self._pages(kiosk, STAND_SIZES):
                self._shoot(page, "starting")
            opening.set()
            for page in self._pages(kiosk, STAND_SIZES):
                _wait(page, "[data-scene=camera_lost]")
                self._shoot(page, "camera-lost")
        with running(self._out / "no-such-bundle", slow) as kiosk:
            for page in self._pages(kiosk, STAND_SIZES):
                self._shoot(page, "no-bundle")
            page = self._open(kiosk, STAND_SIZES[0])
        _wait(page, "#moment:not([hidden])")
        self._shoot(page, "one-moment")
        page.context.close()

    def _guest(self, kiosk: Kiosk) -> None:
        for page in self._pages(kiosk, GUEST_SIZES, guest=True):
            _wait(page, "[data-scene=invite]")
            self._shoot(page, "guest-invite")
            self._upload(page, self._pixels[self._wide])
            _wait(page, "[data-scene=answer], [data-scene=not_found]")
            self._shoot(page, "guest-answer", whole=True)
            page.get_by_role("button", name="Read more").click()
            _wait(page, "#reading[open] h1")
            self._shoot(page, "guest-reading")
            page.get_by_role("button", name="Back").click()
            page.locator(".scene:not(.goes) [data-action=narrow]").click()
            _wait(page, "#narrowing[open] h1")
            self._shoot(page, "guest-narrowing")
            page.get_by_role("button", name="Done").click()
            self._upload(page, self._stranger())
            _wait(page, "[data-scene=not_found]")
            self._shoot(page, "guest-not-found", whole=True)
            page.locator(".scene:not(.goes) [data-action=again]").click()
            _wait(page, "[data-scene=invite]")
            page.locator(".scene:not(.goes) [data-upload]").first.set_input_files(
                {"name": "words.txt", "mimeType": "text/plain", "buffer": b"not a picture"}
            )
            _wait(page, "[data-scene=problem]")
            self._shoot(page, "guest-problem")
            page.locator(".scene:not(.goes) [data-action=again]").click()
            _wait(page, "[data-scene=invite]")
            kiosk.notifier.hold()
            self._upload(page, self._pixels[self._wide])
            _wait(page, "[data-scene=busy] img[src]")
            self._shoot(page, "guest-busy")
            kiosk.notifier.go_on.set()
            _wait(page, "[data-scene=answer]")

    def _upload(self, page: Page, pixels: Pixels) -> None:
        target = page.locator(".scene:not(.goes) [data-upload]")
        if not target.count():
            page.locator(".scene:not(.goes) [data-action=again]").click()
            _wait(page, "[data-scene=invite]")
        target.first.set_input_files(
            {"name": "picture.jpg", "mimeType": "image/jpeg", "buffer": _jpeg(pixels)}
        )

    def _stranger(self) -> Pixels:
        """Give a picture that is no print at all."""
        noise = np.random.default_rng(7).integers(0, 255, (9, 12, 3), dtype=np.uint8)
        image = Image.fromarray(noise).resize((960, 720), Image.Resampling.BICUBIC)
        return np.asarray(image.filter(ImageFilter.GaussianBlur(12)))

    def _pages(
        self, kiosk: Kiosk, sizes: tuple[tuple[int, int], ...], *, guest: bool = False
    ) -> Iterator[Page]:
        for size in sizes:
            page = self._open(kiosk, size, guest=guest)
            yield page
            page.context.close()

    def _open(self, kiosk: Kiosk, size: tuple[int, int], *, guest: bool = False) -> Page:
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if width < 500 else 1,
            has_touch=True,
        )
        page = context.new_page()
        page.goto(kiosk.address + ("?guest" if guest else ""))
        return page

    def _shoot(self, page: Page, name: str, *, whole: bool = False) -> None:
        page.wait_for_timeout(900)  # the fade
        size = page.viewport_size or {"width": 0, "height": 0}
        path = self._path(name, (size["width"], size["height"]))
        page.screenshot(path=path, full_page=whole and size["width"] < 500)
        sys.stdout.write(f"{path}\n")


def _wait(page: Page, selector: str) -> None:
    page.wait_for_selector(selector, timeout=WAIT_MS, state="attached")


def _jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=92)
    return file.getvalue()


def _no_camera(*_: object) -> CameraSource:
    raise CameraMissingError("camera: none is needed")


def _opened(camera: CameraSource) -> CameraSource:
    camera.open()
    return camera


if __name__ == "__main__":
    sys.exit(main())
