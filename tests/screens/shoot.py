"""A gallery of every page in a real Chromium: each in every two choices of size, language and look together, or in all.

Run as a script: `python tests/screens/shoot.py --bundle demo/bundle --out out/screenshots`.
"""

import argparse
import fnmatch
import html
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

# The kiosk's stand-ins for a table and a hand.
sys.path.insert(0, str(Path(__file__).parents[1] / "standins"))

import guided
import kiosks
import looks
import rounds
import strip
from looks import Look

from device.bundle.reader import opened
from device.cameras import CameraSource
from device.imaging import frames
from device.imaging.frames import Pixels

Looks = Callable[[tuple[tuple[int, int], ...]], Iterator[Look]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What of a collection the pages are shown with: records' ids, and a print's picture."""

    print_: Pixels
    hidden: str
    longest: str


@dataclass(slots=True, kw_only=True)
class Gallery:
    """Pictures on their way into a folder."""

    out: Path
    wanted: str
    taken: dict[str, list[Look]] = field(default_factory=dict)

    def shoot(self, look: Look, page: Page, name: str) -> None:
        """Keep a picture of what a page shows, where its name is wanted."""
        if not fnmatch.fnmatch(name, self.wanted):
            return
        self.taken.setdefault(name, []).append(look)
        page.screenshot(path=self.out / f"{name}-{look.name}.png", full_page=look.size[0] < 500)

    def write_page(self) -> None:
        """Write all of them on one page, each page of the kiosk a row."""
        rows = "".join(
            f"<h2>{html.escape(name)}</h2><div>"
            + "".join(
                f'<a href="{name}-{look.name}.png"><img loading="lazy" alt="{look.name}"'
                f' title="{look.name}" src="{name}-{look.name}.png"></a>'
                for look in taken
            )
            + "</div>"
            for name, taken in self.taken.items()
        )
        style = "body{font:16px serif;margin:2em;background:#777}div{display:flex;flex-wrap:wrap;gap:12px}img{height:220px}"
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>{style}</style>{rows}'
        (self.out / "index.html").write_text(page, "utf-8")


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--all", action="store_true", help="every size, language and look: hours")
    parser.add_argument("--names", default="*", help="keep only these, such as 'answer-*'")
    parser.add_argument("--looks", default="*", help="only these, such as '1280x800-en-*'")
    parser.add_argument("--round", default="*", help="only this: stand, wander, guest, staff, …")
    parser.add_argument(
        "--strip", type=Path, help="write the guided capture's stages side by side into this file"
    )
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    gallery = Gallery(out=given.out, wanted=given.names)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=given.chromium)
        shown = _shown(given.bundle)
        if given.strip is not None:
            strip.write(browser, given.bundle, shown.print_, given.strip, given.out)
        else:
            chosen = _chosen(looks.every if given.all else looks.pairs, given.looks)
            walk = _Walk(browser, given.bundle, Path(folder), gallery, chosen)
            walk.all(shown, given.round)
        browser.close()
    gallery.write_page()
    count = sum(map(len, gallery.taken.values()))
    sys.stdout.write(
        f"{count} pictures of {len(gallery.taken)} pages in {time.monotonic() - began:.0f} s:"
        f" {given.out / 'index.html'}\n"
    )
    return 0


def _chosen(looks_of: Looks, pattern: str) -> Looks:
    return lambda sizes: (each for each in looks_of(sizes) if fnmatch.fnmatch(each.name, pattern))


def _shown(bundle: Path) -> Shown:
    with opened(bundle) as parts:
        records = [parts.records.at(row) for row in range(parts.manifest.items)]
        shown = [r for r in records if r.show_picture]
        hidden = [r.record_id for r in records if not r.show_picture]
        print_ = shown[len(shown) // 15].record_id
        return Shown(
            print_=frames.decode(parts.pictures.get(print_, "screen"), name=print_),
            hidden=hidden[0] if hidden else "",
            longest=max(shown, key=lambda r: len(r.title)).record_id,
        )


class _Walk:
    """Walks through a kiosk of each kind in each look."""

    def __init__(
        self, browser: Browser, bundle: Path, folder: Path, gallery: Gallery, looks_of: Looks
    ) -> None:
        self._browser = browser
        self._bundle = bundle
        self._folder = folder
        self._gallery = gallery
        self._looks_of = looks_of

    def all(self, shown: Shown, wanted: str) -> None:
        """Take every round that is wanted."""
        laid = kiosks.showing(guided.laid(shown.print_))
        wander = partial(rounds.wander, hidden=shown.hidden, longest=shown.longest)
        guest = partial(rounds.guest, picture=guided.laid(shown.print_))
        lost = rounds.only("camera-lost", "camera_lost")
        without = rounds.only("no-bundle", "no_bundle")
        stand, guests = looks.STAND_SIZES, looks.GUEST_SIZES
        nowhere = self._folder / "none"
        for name, bundle, camera, sizes, round_ in (
            ("stand", self._bundle, laid, stand, rounds.stand),
            ("wander", self._bundle, laid, stand, wander),
            ("staff", self._bundle, laid, stand, rounds.staff),
            ("guest", self._bundle, kiosks.no_camera, guests, guest),
            ("camera-lost", self._bundle, kiosks.no_camera, stand, lost),
            ("no-bundle", nowhere, kiosks.no_camera, stand, without),
        ):
            if fnmatch.fnmatch(name, wanted):
                self._round(bundle, camera, self._looks_of(sizes), round_)

    def _round(
        self,
        bundle: Path,
        camera: Callable[..., CameraSource],
        looks_: Iterable[Look],
        round_: Callable[[rounds.Round], None],
    ) -> None:
        with (
            tempfile.TemporaryDirectory(dir=self._folder) as folder,
            kiosks.running(bundle, camera, folder=Path(folder)) as kiosk,
        ):
            for look in looks_:
                page = looks.open_page(self._browser, look)
                shoot = partial(self._gallery.shoot, look)
                round_(rounds.Round(page=page, kiosk=kiosk, look=look, shoot=shoot))
                page.context.close()


if __name__ == "__main__":
    sys.exit(main())
