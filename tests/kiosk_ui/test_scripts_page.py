"""Titles in many scripts in Chromium, each in its own direction and within the page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import real_bundle
from kiosk_page import Listen, run_off
from playwright.sync_api import Browser, Page, expect

from converter.ingest.collection import Item
from device.service import KioskService

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung"
TITLES = {
    "ar": "رسم محفور: مدينة القاهرة (الجزء ٢).",
    "he": "תחריט: ירושלים (מבט מהר הזיתים)!",
    "ja": "神奈川沖浪裏 富嶽三十六景",
    "de": LONG,
}
SIZES = [(800, 480), (720, 1280), (390, 844)]


@pytest.fixture(scope="module")
def bundle(
    tmp_path_factory: pytest.TempPathFactory, model_file: Path, small_items: tuple[Item, ...]
) -> Path:
    """Four prints with a title and a maker in another script each."""
    folder = tmp_path_factory.mktemp("scripts")
    items = [
        replace(item, record_id=tag, title=title, makers=f"{title}; {title}", relations=())
        for item, (tag, title) in zip(small_items, TITLES.items(), strict=False)
    ]
    real_bundle.build(folder, model_file, items)
    return folder


@pytest.fixture
def open_record(
    browser: Browser, bundle: Path, open_service: Callable[..., KioskService], listen: Listen
) -> Iterator[Callable[..., Page]]:
    """A function that opens a record's page in a screen of a size."""
    address = listen(open_service(bundle=bundle)).address
    pages = []

    def open_one(tag: str, size: tuple[int, int] = (1280, 720)) -> Page:
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        pages.append(page)
        page.goto(f"{address}?guest&text=large")
        page.get_by_role("button", name="Browse").click()
        page.locator(f'#reading [data-read="{tag}"]').click()
        expect(page.locator("#reading h1.title")).to_have_text(TITLES[tag])
        return page

    yield open_one
    for page in pages:
        page.close()


@pytest.mark.parametrize(
    ("tag", "direction", "style"),
    [("ar", "rtl", "normal"), ("he", "rtl", "normal"), ("de", "ltr", "italic")],
)
def test_a_title_runs_in_its_own_direction_and_only_latin_is_slanted(
    open_record: Callable[..., Page], tag: str, direction: str, style: str
) -> None:
    title = open_record(tag).locator("#reading h1.title")

    expect(title).to_have_css("direction", direction)
    expect(title).to_have_css("font-style", style)
    expect(title).to_have_css("font-synthesis-style", "none")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("tag", TITLES)
def test_no_title_runs_off_the_page(
    open_record: Callable[..., Page], tag: str, size: tuple[int, int]
) -> None:
    page = open_record(tag, size)

    assert run_off(page) == []
    title = page.locator("#reading h1.title")
    assert title.evaluate("each => each.scrollWidth <= each.clientWidth + 1")
