"""A record with several pictures and titles, on the page and in the API."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kiosk_page import Listen, app_of, jpeg_of, opener_of, wait_for
from playwright.sync_api import Browser, Page, expect

from converter.ingest.collection import Item
from device.bundle.pictures import MEDIA_TYPE
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.service import KioskService
from device.service.state import Phase

pytestmark = pytest.mark.slow

Verso = Pixels


@pytest.fixture
def verso(small_items: tuple[Item, ...]) -> Verso:
    """The second picture of the first record."""
    return decoding.load(small_items[1].image)


@pytest.fixture
def service(
    open_service: Callable[..., KioskService], bundle_of_several_pictures: Path, verso: Verso
) -> KioskService:
    """A kiosk with the second picture of the first record under its camera."""
    service = open_service(camera=opener_of(verso), bundle=bundle_of_several_pictures)
    wait_for(service, Phase.LOOKING)
    return service


def test_the_api_gives_every_picture_of_a_record_and_its_titles(
    service: KioskService, verso: Verso, small_items: tuple[Item, ...]
) -> None:
    client = app_of(service).test_client()
    answer = client.post("/api/v1/search", data=jpeg_of(verso), content_type="image/jpeg").json

    best = answer["matches"][0]
    record = best["record"]
    assert (record["record_id"], best["position"]) == (small_items[0].record_id, 1)
    assert record["titles"] == {"de": "Persische Schwertlilie", "fr": "Iris de Perse"}
    assert len(record["more_pictures"]) == 2
    addresses = [record["pictures"], *(more["pictures"] for more in record["more_pictures"])]
    pictures = [client.get(each["thumb"]) for each in addresses]
    assert [each.mimetype for each in pictures] == [MEDIA_TYPE] * 3
    assert len({each.data for each in pictures}) == 3


@pytest.mark.parametrize(("position", "status"), [("2", 200), ("3", 404), ("-1", 400), ("x", 400)])
def test_a_picture_that_a_record_does_not_have_is_refused(
    service: KioskService, small_items: tuple[Item, ...], position: str, status: int
) -> None:
    address = f"/api/v1/records/{small_items[0].record_id}/picture?position={position}"

    assert app_of(service).test_client().get(address).status_code == status


@pytest.mark.parametrize(
    ("language", "title"),
    [("de", "Persische Schwertlilie"), ("fr", "Iris de Perse"), ("it", None)],
)
def test_a_title_is_shown_in_the_visitors_language_or_else_the_main_one(
    service: KioskService, small_items: tuple[Item, ...], language: str, title: str | None
) -> None:
    record = small_items[0]
    html = (
        app_of(service).test_client().get(f"/records/{record.record_id}?language={language}").text
    )

    tag = language if title else "en"
    assert f'tabindex="-1" dir="auto" lang="{tag}">{title or record.title}</h1>' in html


@pytest.fixture
def page(browser: Browser, service: KioskService, listen: Listen) -> Iterator[Page]:
    """The stand's page in Chromium."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, has_touch=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(listen(service).address)
    yield page
    context.close()
    assert not errors


@pytest.mark.browser
def test_a_visitor_sees_which_picture_matches_and_can_see_the_others(page: Page) -> None:
    page.locator("[data-action=look]").click()
    hero = page.locator("[data-scene=answer] .hero")
    expect(hero.locator("[data-picture]")).to_have_count(3)
    expect(page.get_by_text("Your print matches picture 2 of 3.")).to_be_visible()
    assert "position=1" in (hero.locator("img.print").get_attribute("src") or "")

    third = hero.get_by_role("button", name="Picture 3 of 3")
    third.click()

    expect(third).to_have_attribute("aria-pressed", "true")
    expect(hero.locator('[aria-pressed="true"]')).to_have_count(1)
    assert "position=2" in (hero.locator("img.print").get_attribute("src") or "")
    expect(hero.locator("img.print")).to_have_js_property("complete", True)
    width, height = hero.locator("img.print").evaluate("i => [i.naturalWidth, i.naturalHeight]")
    assert min(width, height) > 100

    page.get_by_role("button", name="Read more").click()
    record = page.locator("#reading .hero")
    expect(record.locator("[data-picture]")).to_have_count(3)
    expect(record.locator('[aria-pressed="true"]')).to_have_accessible_name("Picture 1 of 3")
