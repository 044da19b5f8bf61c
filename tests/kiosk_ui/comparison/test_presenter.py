"""The comparison with a record, and the record's link to take home."""

import io
import re
import sqlite3
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from flask.testing import FlaskClient
from kiosk_page import OWN, app_of, jpeg_of, wait_for
from PIL import Image

from device.bundle import layout
from device.bundle.manifest import Manifest
from device.imaging.frames import Pixels
from device.service import KioskService
from device.service.state import Phase
from kiosk_ui.comparison import presenter
from kiosk_ui.texts import load

FRAGMENT = {"X-Fragment": "1"} | OWN
JPEG = {"Content-Type": "image/jpeg"} | FRAGMENT
LANGUAGES = sorted(
    path.stem for path in (Path(presenter.__file__).parents[1] / "strings").glob("*.toml")
)
LINK = "https://museum.example/prints/1?lang=en&x=<b>"


def why_of(client: FlaskClient, picture: bytes) -> str:
    """Return the address of the comparison in an upload's answer."""
    html = client.post("/answer", data=picture, headers=JPEG).text
    found = re.search(r'data-sheet="(/why/[0-9a-f]{32})"', html)
    assert found, html
    return found[1]


def test_an_answer_with_evidence_explains_it_in_a_sentence(
    client: FlaskClient, upload: bytes
) -> None:
    html = unescape(client.get(why_of(client, upload), headers=FRAGMENT).text)
    assert re.search(r"\d+ points match, across (nearly all|most|about half|part) of", html)
    assert re.search(r'<polygon class="edge" points="(\d+,\d+ ?){3,}"', html)
    assert "mirrored" not in html


def test_the_visitors_print_is_a_jpeg_that_may_not_be_cached(
    client: FlaskClient, upload: bytes
) -> None:
    response = client.get(why_of(client, upload) + "/yours.jpg")
    assert (response.status_code, response.mimetype) == (200, "image/jpeg")
    assert response.headers["Cache-Control"] == "no-store"
    assert Image.open(io.BytesIO(response.data)).format == "JPEG"


def test_a_mirrored_print_is_labelled_as_shown_reversed(
    client: FlaskClient, print_pictures: dict[str, Pixels], shown_ids: tuple[str, ...]
) -> None:
    reverse = np.ascontiguousarray(print_pictures[shown_ids[0]][:, ::-1])
    html = client.get(why_of(client, jpeg_of(reverse)), headers=FRAGMENT).text
    assert "Yours is in reverse and is shown mirrored here." in html


def test_without_a_match_there_is_no_comparison(client: FlaskClient) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    html = client.post("/answer", data=jpeg_of(noise), headers=JPEG).text
    assert "data-scene=" in html and "/why/" not in html


def test_an_expired_answers_comparison_is_a_404_in_one_line(
    client: FlaskClient, upload: bytes
) -> None:
    address = why_of(client, upload)
    assert client.post(address + "/forget", headers=OWN).status_code == 204
    for path in (address, address + "/yours.jpg", "/why/unknown", "/why/unknown/yours.jpg"):
        response = client.get(path)
        assert response.status_code == 404
        line = re.search(r'<p class="small">(.*)</p>', response.text)
        assert line and line[1] == "this answer is no longer shown; look at the print again"
    assert 'data-scene="problem"' in client.get(address, headers=FRAGMENT).text


def test_the_stands_print_is_removed_with_its_answer(
    client: FlaskClient, service: KioskService
) -> None:
    service.query.look()
    wait_for(service, Phase.FOUND)
    found = re.search(r'data-sheet="(/why/[0-9a-f]{32})"', client.get("/stand").text)
    assert found
    assert client.get(found[1] + "/yours.jpg").status_code == 200
    client.post("/api/v1/stand/dismiss", headers=OWN)
    assert client.get(found[1] + "/yours.jpg").status_code == 404


@pytest.mark.slow
def test_a_page_of_another_site_cannot_delete_a_comparison(
    client: FlaskClient, upload: bytes
) -> None:
    address = why_of(client, upload)
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(address + "/forget", headers=evil).status_code == 403
    assert client.post(address + "/forget").status_code == 403
    assert client.get(address).status_code == 200


def test_a_search_by_a_program_keeps_no_picture(client: FlaskClient, upload: bytes) -> None:
    found = client.post("/api/v1/search", data=upload, headers={"Content-Type": "image/jpeg"})
    assert found.status_code == 200 and "/why/" not in found.text


def test_a_record_without_a_picture_shows_the_visitors_print_alone(
    client: FlaskClient, print_pictures: dict[str, Pixels], hidden_id: str
) -> None:
    address = why_of(client, jpeg_of(print_pictures[hidden_id]))
    html = client.get(address, headers=FRAGMENT).text
    assert re.findall(r'<img src="([^"]+)"', html) == [f"{address}/yours.jpg"]
    assert "does not allow us to show this picture" in html
    assert 'class="edge"' in html and "data-mode-to" not in html and "data-mix" not in html


@pytest.mark.parametrize(
    ("share", "extent"),
    [(1.0, "nearly_all"), (0.6, "most"), (0.5, "half"), (0.2, "part"), (0.01, "corner")],
)
def test_the_sentence_never_exceeds_the_matching_area(share: float, extent: str) -> None:
    assert presenter.extent_of(share) == extent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("extent", get_args(presenter.Extent))
def test_every_extent_has_a_singular_and_a_plural_text(extent: str, language: str) -> None:
    texts = load(language)
    one, many = (texts(f"why.{extent}", count=count) for count in (1, 214))
    assert one != many.replace("214", "1") and "214" in many


@pytest.fixture
def linked(
    bundle_copy: Path,
    change_manifest: Callable[..., Manifest],
    open_service: Callable[..., KioskService],
    shown_ids: tuple[str, ...],
) -> FlaskClient:
    """A kiosk whose first record has a link, unlike the others."""
    from converter.build.bundle_writer import entries

    path = bundle_copy / layout.RECORDS
    copied = path.with_suffix(".copy")
    copied.write_bytes(path.read_bytes())
    with sqlite3.connect(copied) as connection:
        connection.execute("UPDATE records SET source_url = NULL")
        connection.execute(
            "UPDATE records SET source_url = ? WHERE record_id = ?", (LINK, shown_ids[0])
        )
    connection.close()
    copied.replace(path)
    change_manifest(bundle_copy, files=entries(bundle_copy))
    return app_of(open_service(bundle=bundle_copy)).test_client()


def test_a_records_link_is_shown_as_a_code_and_in_words(
    linked: FlaskClient, shown_ids: tuple[str, ...]
) -> None:
    html = linked.get(f"/home/{shown_ids[0]}", headers=FRAGMENT).text
    label = re.search(r'role="img" aria-label="([^"]*)"', html)
    assert label and unescape(label[1]) == f"QR code for the link {LINK}"
    assert "<svg" in html and "<a " not in html and "href" not in html


def test_a_record_without_a_link_has_no_take_home_sheet(
    linked: FlaskClient, shown_ids: tuple[str, ...]
) -> None:
    assert 'data-sheet="/home/' in linked.get(f"/records/{shown_ids[0]}").text
    assert "/home/" not in linked.get(f"/records/{shown_ids[1]}").text
    response = linked.get(f"/home/{shown_ids[1]}")
    assert response.status_code == 404
    assert "the museum gives no link to it" in unescape(response.text)
    assert linked.get("/home/unknown").status_code == 404


def test_an_unknown_parameter_is_refused(client: FlaskClient, shown_ids: tuple[str, ...]) -> None:
    for path in (f"/home/{shown_ids[0]}?a=1", "/why/unknown?a=1", "/why/unknown/yours.jpg?a=1"):
        assert client.get(path).status_code == 400
