"""A gallery of every page in Chromium, in a pairwise set of variants or in all of them.

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

# Stand-ins for a table and a hand.
sys.path.insert(0, str(Path(__file__).parents[1] / "standins"))

import contact_sheet
import guided
import kiosks
import matrix
import real_bundle
import tours
from matrix import Variant

from device.bundle import layout
from device.bundle.reader import opened
from device.cameras import CameraSource
from device.imaging import decoding
from device.imaging.frames import Pixels

DEMO = Path(__file__).parents[2] / "demo/collection"
# Yields the variants of some screen sizes.
Variants = Callable[[tuple[tuple[int, int], ...]], Iterator[Variant]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Samples of a collection for the screenshots.

    Attributes:
        print_: The picture of a print, uint8 (H, W, 3) RGB.
        hidden: Id of a record whose picture may not be shown; empty if there is none.
        longest: Id of the record with the longest title.
    """

    print_: Pixels
    hidden: str
    longest: str


@dataclass(slots=True, kw_only=True)
class Gallery:
    """Saves screenshots in a folder, with an index page."""

    out: Path
    wanted: str
    taken: dict[str, list[Variant]] = field(default_factory=dict)

    def screenshot(self, variant: Variant, page: Page, name: str) -> None:
        """Save a screenshot of a page if its name is wanted."""
        if not fnmatch.fnmatch(name, self.wanted):
            return
        self.taken.setdefault(name, []).append(variant)
        page.screenshot(
            path=self.out / f"{name}-{variant.name}.png", full_page=variant.size[0] < 500
        )

    def write_page(self) -> None:
        """Write an index of all screenshots, with a row for each page of the kiosk."""
        rows = "".join(
            f"<h2>{html.escape(name)}</h2><div>"
            + "".join(
                f'<a href="{name}-{variant.name}.png"><img loading="lazy" alt="{variant.name}"'
                f' title="{variant.name}" src="{name}-{variant.name}.png"></a>'
                for variant in taken
            )
            + "</div>"
            for name, taken in self.taken.items()
        )
        style = "body{font:16px serif;margin:2em;background:#777}div{display:flex;flex-wrap:wrap;gap:12px}img{height:220px}"
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>{style}</style>{rows}'
        (self.out / "index.html").write_text(page, "utf-8")


def main() -> int:
    """Take all screenshots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--all", action="store_true", help="all variants, not a pairwise set: takes hours"
    )
    parser.add_argument(
        "--names",
        default="*",
        help="only screenshots of these names, such as 'answer-*' (default: all)",
    )
    parser.add_argument(
        "--variants",
        default="*",
        help="only these variants, such as '1280x800-en-*' (default: all)",
    )
    parser.add_argument(
        "--tour",
        default="*",
        help="only this tour: stand, browse, guest, staff, camera-lost, no-bundle, several-pictures (default: all)",
    )
    parser.add_argument(
        "--contact-sheet",
        type=Path,
        help="write only the guided capture's contact sheet, into this WebP file",
    )
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    gallery = Gallery(out=given.out, wanted=given.names)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=given.chromium)
        samples = _samples(given.bundle)
        if given.contact_sheet is not None:
            contact_sheet.write(browser, given.bundle, given.contact_sheet, given.out)
        else:
            chosen = _chosen(matrix.all_variants if given.all else matrix.pairwise, given.variants)
            runner = _TourRunner(browser, given.bundle, Path(folder), gallery, chosen)
            runner.run(samples, given.tour)
        browser.close()
    gallery.write_page()
    count = sum(map(len, gallery.taken.values()))
    sys.stdout.write(
        f"{count} pictures of {len(gallery.taken)} pages in {time.monotonic() - began:.0f} s:"
        f" {given.out / 'index.html'}\n"
    )
    return 0


def _chosen(variants_of: Variants, pattern: str) -> Variants:
    return lambda sizes: (
        each for each in variants_of(sizes) if fnmatch.fnmatch(each.name, pattern)
    )


def _samples(bundle: Path) -> Samples:
    with opened(bundle) as parts:
        records = [parts.records.at(row) for row in range(parts.manifest.items)]
        shown = [r for r in records if r.show_picture]
        hidden = [r.record_id for r in records if not r.show_picture]
        print_ = shown[len(shown) // 15].record_id
        return Samples(
            print_=decoding.decode(parts.pictures.get(print_, "screen"), name=print_),
            hidden=hidden[0] if hidden else "",
            longest=max(shown, key=lambda r: len(r.title)).record_id,
        )


class _TourRunner:
    """Runs the tours through a kiosk of each kind, in each variant."""

    def __init__(
        self, browser: Browser, bundle: Path, folder: Path, gallery: Gallery, variants_of: Variants
    ) -> None:
        self._browser = browser
        self._bundle = bundle
        self._folder = folder
        self._gallery = gallery
        self._variants_of = variants_of

    def run(self, samples: Samples, wanted: str) -> None:
        """Run every tour whose name matches a pattern."""
        with_print = kiosks.camera_showing(guided.on_table(samples.print_))
        browse = partial(tours.browse, hidden=samples.hidden, longest=samples.longest)
        guest = partial(tours.guest, picture=guided.on_table(samples.print_))
        lost = tours.only("camera-lost", "camera_lost")
        without = tours.only("no-bundle", "no_bundle")
        stand, guests = matrix.STAND_SIZES, matrix.GUEST_SIZES
        nowhere = self._folder / "none"
        for name, bundle, camera, sizes, tour in (
            ("stand", self._bundle, with_print, stand, tours.stand),
            ("browse", self._bundle, with_print, stand, browse),
            ("staff", self._bundle, with_print, stand, tours.staff),
            ("guest", self._bundle, kiosks.no_camera, guests, guest),
            ("camera-lost", self._bundle, kiosks.no_camera, stand, lost),
            ("no-bundle", nowhere, kiosks.no_camera, stand, without),
        ):
            if fnmatch.fnmatch(name, wanted):
                self._run(bundle, camera, self._variants_of(sizes), tour)
        if fnmatch.fnmatch("several-pictures", wanted):
            self._run_with_several_pictures()

    def _run_with_several_pictures(self) -> None:
        bundle = self._folder / "several"
        bundle.mkdir()
        items = real_bundle.choose_items(DEMO)
        real_bundle.build(bundle, self._bundle / layout.MODEL, real_bundle.several_pictures(items))
        verso = kiosks.camera_showing(guided.on_table(decoding.load(items[1].image)))
        sizes = (*matrix.STAND_SIZES, *matrix.GUEST_SIZES)
        self._run(bundle, verso, self._variants_of(sizes), tours.several_pictures)

    def _run(
        self,
        bundle: Path,
        camera: Callable[..., CameraSource],
        variants: Iterable[Variant],
        tour: Callable[[tours.Tour], None],
    ) -> None:
        with (
            tempfile.TemporaryDirectory(dir=self._folder) as folder,
            kiosks.running(bundle, camera, folder=Path(folder)) as kiosk,
        ):
            for variant in variants:
                page = matrix.open_page(self._browser, variant)
                screenshot = partial(self._gallery.screenshot, variant)
                tour(tours.Tour(page=page, kiosk=kiosk, variant=variant, screenshot=screenshot))
                page.context.close()


if __name__ == "__main__":
    sys.exit(main())
