"""Hostile, right-to-left and very long texts in Chromium: nothing overflows the page."""

import threading
from collections.abc import Callable
from pathlib import Path

import hostile_records
import pytest
from kiosk_page import HOSTS, run_off
from playwright.sync_api import Browser, expect

from device.bundle.manifest import Manifest
from device.config import ScreenConfig
from device.service import KioskService
from kiosk_ui import create_app
from kiosk_ui.server import Server

pytestmark = pytest.mark.browser

SIZES = [(800, 480), (720, 1280), (390, 844)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_text_runs_off_a_page(
    browser: Browser,
    bundle_copy: Path,
    change_manifest: Callable[..., Manifest],
    open_service: Callable[..., KioskService],
    size: tuple[int, int],
) -> None:
    hostile_records.make_hostile(bundle_copy, change_manifest)
    service = open_service(bundle=bundle_copy)
    server = Server(create_app(service, ScreenConfig(), HOSTS), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    try:
        page.goto(f"{server.address}?guest&text=large")
        sheet = page.locator("#reading")
        assert run_off(page) == []
        page.get_by_role("button", name="Browse").click()
        expect(sheet.locator(".card").first).to_be_visible()
        assert run_off(page) == []
        sheet.get_by_role("button", name="Makers", exact=True).click()
        expect(sheet.locator(".door").first).to_be_visible()
        assert run_off(page) == []
        sheet.locator(".door").first.click()
        sheet.locator(".card").first.click()
        expect(sheet.locator(".title")).to_contain_text("العنوان")
        assert run_off(page) == []
    finally:
        page.close()
        server.stop()
        thread.join()
    assert said == []
