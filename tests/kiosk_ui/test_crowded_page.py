"""Ten thousand prints, none, missing pictures and a swipe back: the page is never blank."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import many_records
import pytest
from kiosk_page import Listen, choose, no_camera
from playwright.sync_api import Browser, Page, expect

from converter.ingest.item import Item
from device.bundle.manifest import Manifest
from device.bundle.notices import Notices
from device.config import RecognitionConfig
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService
from device.service.collection.bundle_switch import WatchedStore
from device.store import notices as kept_notices
from device.store.atomic_files import AtomicFiles
from device.store.bundles import Bundles

pytestmark = pytest.mark.browser


class Open(Protocol):
    """Opens a kiosk's page."""

    def __call__(self, service: KioskService, query: str = "") -> Page: ...


@pytest.fixture
def open_page(browser: Browser, listen: Listen) -> Iterator[Open]:
    """A function that opens a kiosk's page; errors in the page fail the test."""
    pages: list[Page] = []
    faults: list[str] = []

    def open_one(service: KioskService, query: str = "") -> Page:
        page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        page.on("pageerror", lambda error: faults.append(str(error)))
        pages.append(page)
        page.goto(f"{listen(service).address}{query}")
        return page

    yield open_one
    for page in pages:
        page.close()
    assert faults == []


@pytest.fixture
def crowded(
    bundle_copy: Path,
    small_items: tuple[Item, ...],
    change_manifest: Callable[..., Manifest],
    open_service: Callable[..., KioskService],
) -> KioskService:
    """A kiosk with ten thousand records, twelve of them with pictures."""
    many_records.add_records(bundle_copy, small_items, change_manifest)
    return open_service(bundle=bundle_copy)


def test_ten_thousand_prints_are_paged_and_listed_even_without_pictures(
    open_page: Open, crowded: KioskService, upload: bytes
) -> None:
    page = open_page(crowded, "?guest")
    page.get_by_role("button", name="Browse").click()
    sheet = page.locator("#reading")
    cards = sheet.locator(".card")
    expect(sheet).to_contain_text("10,000 prints")
    expect(cards).to_have_count(12)
    # A picture that is not there is an empty mount, as tall as a picture.
    expect(sheet.locator(".card .blank").nth(10)).to_be_visible()
    expect(sheet.locator(".card .print, .card .blank")).to_have_count(12)
    heights = [box["height"] for box in (each.bounding_box() for each in cards.all()) if box]
    assert min(heights) > 0.8 * max(heights)
    first = sheet.inner_text()
    sheet.get_by_role("button", name="Next").click()
    expect(sheet).to_contain_text("Page 2 of 834")
    assert sheet.inner_text() != first
    cards.first.click()
    expect(sheet.locator(".title")).to_be_visible()
    expect(sheet.locator(".hero .print, .hero .blank")).to_be_visible()
    sheet.get_by_role("button", name="Home", exact=True).click()
    choose(upload, page)
    expect(page.locator("[data-scene=answer]")).to_be_visible()
    expect(page.locator("[data-scene=answer] .card")).not_to_have_count(0)


def test_a_fully_withdrawn_collection_is_shown_as_empty(
    open_page: Open,
    small_bundle: Path,
    small_items: tuple[Item, ...],
    tmp_path: Path,
    upload: bytes,
) -> None:
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "1").symlink_to(small_bundle)
    Bundles(tmp_path).activate("1")
    notices = Notices()
    for item in small_items:
        notices = notices.with_withdrawn(item.record_id, "2026-11-23")
    kept_notices.write(AtomicFiles(), tmp_path, notices)
    with KioskService(
        WatchedStore(tmp_path),
        CameraSetup(opener=no_camera),
        RecognitionConfig(threads=2),
        notifier=Notifier(None),
    ) as service:
        page = open_page(service, "?guest")
        expect(page.locator("body")).to_contain_text("0 prints")
        choose(upload, page)
        scene = page.locator("[data-scene=not_found]")
        expect(scene).to_contain_text("No prints match. Remove a filter.")
        expect(scene.locator(".card")).to_have_count(0)
        scene.get_by_role("button", name="Browse").click()
        sheet = page.locator("#reading")
        expect(sheet).to_contain_text("No prints match. Remove a filter.")
        for door in ("Makers", "Periods", "Techniques"):
            sheet.get_by_role("button", name=door, exact=True).click()
            expect(sheet.locator("h1")).to_contain_text(door)
            expect(sheet.locator(".door")).to_have_count(0)
            sheet.get_by_role("button", name="Back").click()
        sheet.get_by_role("button", name="Home", exact=True).click()
        expect(page.locator("[data-scene=invite]")).to_be_visible()


def test_a_swipe_back_has_no_page_to_return_to(
    open_page: Open, open_service: Callable[..., KioskService]
) -> None:
    page = open_page(open_service())
    before = page.evaluate("history.length")
    page.get_by_role("button", name="Browse").click()
    sheet = page.locator("#reading")
    sheet.locator(".card").first.click()
    expect(sheet.locator(".title")).to_be_visible()
    sheet.locator(".switches [value=de]").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.evaluate("history.length") == before
    expect(sheet.locator(".title")).to_be_visible()
