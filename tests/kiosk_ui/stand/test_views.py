"""The page and its parts as HTML."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import hostile_records
import pytest
from flask.testing import FlaskClient
from kiosk_page import OWN, app_of, busy_camera, no_camera, wait_for

from device.bundle.manifest import Manifest
from device.service import KioskService
from device.service.state import Phase

FRAGMENT = {"X-Fragment": "1"} | OWN
JPEG = {"Content-Type": "image/jpeg"} | FRAGMENT


def test_the_page_is_served_with_its_scene(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'data-scene="looking"' in page
    assert "Twelve prints" in page and "12 prints" in page


def test_the_page_has_no_inline_code_and_no_foreign_address(client: FlaskClient) -> None:
    page = client.get("/").text
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son[a-z]+=|https?://", page)


def test_every_file_the_page_names_is_served(client: FlaskClient) -> None:
    names = set(re.findall(r'(?:src|href)="(/[^"]+)"', client.get("/").text))
    assert len(names) >= 4
    for name in names:
        with client.get(name) as response:
            assert response.status_code == 200, name


def test_the_pages_own_files_are_small(client: FlaskClient) -> None:
    static = Path(__file__).parents[3] / "kiosk_ui/static"
    # Not counted: the licence, the staff's files, and fonts that only a few words load.
    names = [
        str(path.relative_to(static))
        for path in static.rglob("*")
        if path.is_file() and "latin-ext" not in path.name and path.suffix != ".txt"
        if path.stem != "staff"
    ]
    weight = 0
    for name in names:
        with client.get(f"/static/{name}") as response:
            assert response.status_code == 200, name
            weight += len(response.data)
    assert weight + len(client.get("/").data) < 150_000


def test_the_screens_scale_reaches_the_page(client: FlaskClient) -> None:
    response = client.get("/screen.css")
    assert (response.mimetype, "--mm: 5.2px" in response.text) == ("text/css", True)


@pytest.mark.slow
def test_an_answer_shows_its_claim_credit_and_licence(
    client: FlaskClient, service: KioskService, upload: bytes, shown_ids: tuple[str, ...]
) -> None:
    html = unescape(client.post("/answer", data=upload, headers=JPEG).text)
    record = service.collection.record(shown_ids[0])
    assert "This print" in html
    for words in (record.title, record.makers, record.technique, record.credit, record.rights):
        assert words is None or words in html
    assert "%" not in re.sub(r'"[^"]*"', "", html)


def test_an_answer_without_a_match_claims_none(client: FlaskClient, upload: bytes) -> None:
    html = client.post("/answer?technique=none%20such", data=upload, headers=JPEG).text
    assert "We could not find this print in this collection" in html
    assert "This print" not in html


@pytest.mark.slow
def test_corners_marked_by_hand_are_sent_with_the_picture(
    client: FlaskClient, upload: bytes
) -> None:
    good = client.post("/answer?corners=0,0,1,0,1,1,0,1", data=upload, headers=JPEG)
    assert good.status_code == 200 and 'data-scene="answer"' in good.text
    bad = client.post("/answer?corners=0,0,1,1,1,0,0,1", data=upload, headers=JPEG)
    assert bad.status_code == 400 and 'data-scene="problem"' in bad.text


@pytest.mark.slow
def test_the_stand_shows_what_it_found(client: FlaskClient, service: KioskService) -> None:
    service.query.look()
    wait_for(service, Phase.FOUND)
    assert 'data-scene="answer"' in client.get("/stand").text
    assert 'data-scene="answer"' in client.get("/").text


def test_a_guests_page_has_no_camera_but_accepts_uploads(client: FlaskClient) -> None:
    for page in (
        client.get("/?guest").text,
        client.get("/", environ_base={"REMOTE_ADDR": "192.168.1.7"}).text,
    ):
        assert 'data-scene="invite"' in page
        assert 'capture="environment"' in page
        assert "data-preview" not in page and "/screen.css" not in page


def test_without_a_camera_uploads_still_work(open_service: Callable[..., KioskService]) -> None:
    service = open_service(no_camera)
    wait_for(service, Phase.CAMERA_LOST)
    page = app_of(service).test_client().get("/").text
    assert 'data-scene="camera_lost"' in page and "data-upload" in page


def test_a_camera_in_use_is_said_in_the_visitors_language_and_to_staff(
    open_service: Callable[..., KioskService],
) -> None:
    service = open_service(busy_camera)
    wait_for(service, Phase.CAMERA_LOST)
    client = app_of(service).test_client()
    page = client.get("/").text

    assert 'data-scene="camera_lost"' in page and "Another program is using the camera" in page
    assert "For staff: webcam:0 (HD &lt;Webcam&gt;): used by another program, zoom" in page
    assert "Ein anderes Programm verwendet die Kamera" in client.get("/?language=de").text


def test_without_a_bundle_the_page_says_so(bare_client: FlaskClient) -> None:
    response = bare_client.get("/")
    assert response.status_code == 200
    assert 'data-scene="no_bundle"' in response.text


def test_a_record_whose_picture_may_not_be_shown_is_shown_without_it(
    client: FlaskClient, service: KioskService, hidden_id: str
) -> None:
    html = unescape(client.get(f"/records/{hidden_id}", headers=FRAGMENT).text)
    assert service.collection.record(hidden_id).title in html
    assert "does not allow us to show this picture" in html
    assert "<img" not in html.split('class="shelf"')[0]


def test_record_texts_have_the_museums_language(
    client: FlaskClient, shown_ids: tuple[str, ...]
) -> None:
    html = client.get(f"/records/{shown_ids[0]}", headers=FRAGMENT).text
    assert re.search(r'<h1 class="title"[^>]* lang="en"', html)


def test_the_panel_shows_what_is_chosen(client: FlaskClient) -> None:
    value = client.get("/api/v1/filters").get_json()["facets"]["maker"][0]["value"]
    html = client.get("/narrowing", query_string={"maker": value}, headers=FRAGMENT).text
    assert re.search(r'name="maker" value="[^"]+" checked', html)
    assert "12 prints match" not in html


@pytest.fixture
def hostile_client(
    bundle_copy: Path,
    change_manifest: Callable[..., Manifest],
    open_service: Callable[..., KioskService],
) -> FlaskClient:
    """A kiosk whose every text is hostile or very long."""
    hostile_records.make_hostile(bundle_copy, change_manifest)
    return app_of(open_service(bundle=bundle_copy)).test_client()


@pytest.mark.slow
def test_html_in_metadata_is_escaped(
    hostile_client: FlaskClient, upload: bytes, shown_ids: tuple[str, ...]
) -> None:
    pages = [
        hostile_client.get("/?guest").text,
        hostile_client.get("/narrowing").text,
        hostile_client.get(f"/records/{shown_ids[0]}").text,
        hostile_client.get("/browse").text,
        hostile_client.get("/browse/by/maker").text,
        hostile_client.get("/attract").text,
        hostile_client.post("/answer", data=upload, headers=JPEG).text,
    ]
    for page in pages:
        assert "<script>" not in page
        assert 'onload="' not in page
        assert "العنوان" in page


ERRORS = [
    ("/browse/by/colour", 404, "We could not find this"),
    ("/browse?order=size", 400, "could not be read"),
    ("/browse?page=0", 400, "could not be read"),
    ("/attract?turn=-1", 400, "could not be read"),
    ("/nothing", 404, "We could not find this"),
    ("/records/unknown", 404, "We could not find this"),
    ("/narrowing?colour=red", 400, "could not be read"),
]


@pytest.mark.parametrize(("path", "status", "words"), ERRORS)
def test_an_error_is_a_friendly_page(
    client: FlaskClient, path: str, status: int, words: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert words in response.text and 'href="/"' in response.text


def test_an_error_of_a_fragment_is_a_scene(client: FlaskClient) -> None:
    response = client.post("/answer", data=b"no picture", headers=JPEG)
    assert response.status_code == 400
    assert response.text.startswith('<section class="scene')
    assert "This picture could not be read" in response.text


def test_a_busy_kiosk_says_so_in_a_friendly_way(bare_client: FlaskClient, upload: bytes) -> None:
    response = bare_client.post("/answer", data=upload, headers=JPEG)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
