"""A visitor's display preferences, and how long they last."""

import re

import pytest
from flask.testing import FlaskClient
from kiosk_page import HOSTS

from device.config import ScreenConfig
from device.errors import ConfigError
from device.service import KioskService
from kiosk_ui import create_app

AFAR = {"REMOTE_ADDR": "192.0.2.7"}


def root(html: str) -> str:
    """Return the page's root tag."""
    found = re.search(r"<html[^>]*>", html)
    assert found
    return found[0]


def test_a_language_lasts_until_the_visit_ends(
    client: FlaskClient,
) -> None:
    assert 'lang="en"' in root(client.get("/").text)
    answered = client.get("/?language=de")
    assert 'lang="de"' in root(answered.text) and "Halten Sie" in answered.text
    cookie = answered.headers["Set-Cookie"]
    assert cookie.startswith("language=de;") and "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie and "Max-Age" not in cookie and "Expires" not in cookie
    assert 'lang="de"' in root(client.get("/").text)
    assert "Halten Sie" in client.get("/stand").text
    assert 'lang="en"' in root(client.get("/?anew").text)
    assert 'lang="en"' in root(client.get("/").text)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("text=large", 'data-text="large"'),
        ("contrast=high", 'data-contrast="high"'),
        ("theme=dark", 'data-theme="dark"'),
    ],
)
def test_display_preferences_last_until_the_visit_ends(
    client: FlaskClient, query: str, shown: str
) -> None:
    assert shown not in root(client.get("/").text)
    assert shown in root(client.get(f"/?{query}").text)
    assert shown in root(client.get("/").text) and "data-chosen" in root(client.get("/").text)
    client.get("/?anew")
    assert shown not in root(client.get("/").text)


@pytest.mark.parametrize("language", ["xx", "", "../en", "de\0", "EN", "<b>"])
def test_an_unknown_language_is_ignored(client: FlaskClient, language: str) -> None:
    answered = client.get("/", query_string={"language": language})
    assert answered.status_code == 200
    assert 'lang="en"' in root(answered.text) and "Set-Cookie" not in answered.headers
    client.set_cookie("language", "xx")
    assert 'lang="en"' in root(client.get("/").text)


def test_the_stand_starts_in_its_language_and_a_guest_in_their_browsers(
    service: KioskService,
) -> None:
    screen = ScreenConfig(language="it", text="large", theme="dark")
    client = create_app(service, screen, HOSTS).test_client()
    asked = {"Accept-Language": "rm, fr-CH;q=0.9, en;q=0.5"}
    html = root(client.get("/", headers=asked).text)
    assert 'lang="it"' in html and 'data-text="large"' in html and 'data-theme="dark"' in html
    assert 'lang="fr"' in root(client.get("/", headers=asked, environ_base=AFAR).text)
    unheard = {"Accept-Language": "ja"}
    assert 'lang="it"' in root(client.get("/", headers=unheard, environ_base=AFAR).text)


def test_a_configured_language_without_texts_is_refused(service: KioskService) -> None:
    with pytest.raises(ConfigError, match=r"strings/xx\.toml"):
        create_app(service, ScreenConfig(language="xx"), HOSTS)


def test_every_page_offers_all_languages_and_preferences(client: FlaskClient) -> None:
    for address in ("/", "/narrowing", "/nowhere"):
        html = client.get(address).text
        for tag in ("de", "en", "fr", "it"):
            assert f'name="language" value="{tag}" lang="{tag}"' in html
        assert all(f'name="{name}"' in html for name in ("text", "contrast", "theme"))


def test_errors_are_in_the_visitors_language(
    client: FlaskClient,
) -> None:
    assert "Das haben wir nicht gefunden" in client.get("/nowhere?language=de").text
    told = client.get("/api/v1/records/none").get_json()
    assert told["said"] == "Das haben wir nicht gefunden" and "none" in told["error"]


def test_an_api_search_with_a_language_sets_no_cookie(client: FlaskClient) -> None:
    answered = client.get("/api/v1/filters?language=de")
    assert answered.status_code == 400 and "Set-Cookie" not in answered.headers


def test_counts_are_in_the_visitors_language(client: FlaskClient) -> None:
    assert "12 prints match" in client.get("/narrowing").text
    client.get("/?language=fr")
    assert "12 estampes correspondent" in client.get("/narrowing").text
