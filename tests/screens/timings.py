"""Prints the page's response times in Chromium on the demo bundle: `make timings`."""

import argparse
import shutil
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "standins"))

import page_timing
from kiosk_page import app_of, opener_of, wait_for
from page_timing import Timing
from playwright.sync_api import sync_playwright

from device.bundle.reader import opened
from device.config import RecognitionConfig
from device.imaging import decoding
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService
from device.service.state import Phase
from kiosk_ui.server import Server


def main() -> int:
    """Measure and print each timing; return 0 if all are below their limits, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, default=Path("demo/bundle"), metavar="FOLDER")
    parser.add_argument(
        "--times",
        type=int,
        default=20,
        metavar="N",
        help="measurements of each timing (default: 20)",
    )
    given = parser.parse_args()
    with opened(given.bundle) as bundle:
        record_id = bundle.visible_manifest.probes[0]
        pixels = decoding.decode(bundle.pictures.get(record_id, "screen"), name=record_id)
    recognition = RecognitionConfig()
    with KioskService(
        given.bundle, CameraSetup(opener=opener_of(pixels)), recognition, notifier=Notifier(None)
    ) as service:
        wait_for(service, Phase.LOOKING)
        server = Server(app_of(service), "127.0.0.1", 0)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            timings = _measured(service, server, given.times)
        finally:
            server.stop()
            thread.join()
    for each in timings:
        print(each)
    return 0 if all(each.worst_ms <= each.target_ms for each in timings) else 1


def _measured(service: KioskService, server: Server, times: int) -> list[Timing]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        found = [
            page_timing.first_page(browser, server.address, times),
            page_timing.touched(browser, server.address, service, times),
            page_timing.shown(browser, server.address, service, times),
        ]
        with page_timing.stalled(server.port):
            found.append(page_timing.healthy(server.port, times))
            name = f"screen after the answer, with {page_timing.STALLED} stalled clients"
            found.append(page_timing.shown(browser, server.address, service, times, name))
        browser.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
