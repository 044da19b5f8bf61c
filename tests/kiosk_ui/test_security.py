"""Requests from other hosts, other sites and other machines."""

import pytest
from flask.testing import FlaskClient
from kiosk_page import OWN

from kiosk_ui.security import HEADERS

JPEG = {"Content-Type": "image/jpeg"}
PATHS = ["/", "/healthz", "/stand", "/api/v1/filters", "/static/kiosk.css", "/nothing", "/api/v1/x"]


@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        found = {name: response.headers.get(name) for name in HEADERS}
    assert found == HEADERS


def test_the_content_policy_allows_nothing_from_other_hosts() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.", ""]
)
def test_a_foreign_host_is_refused(client: FlaskClient, path: str, host: str) -> None:
    with client.get(path, headers={"Host": host}) as response:
        assert response.status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "localhost:1234"])
def test_an_own_host_is_served_on_any_port(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


POSTS = ["/api/v1/search", "/api/v1/stand/look", "/api/v1/stand/dismiss", "/answer"]
FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:9999"},
    {"Origin": "https://localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


@pytest.mark.slow
@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("headers", FOREIGN, ids=lambda h: " ".join(h.values()))
def test_a_page_of_another_site_cannot_post(
    client: FlaskClient, path: str, headers: dict[str, str], upload: bytes
) -> None:
    response = client.post(path, data=upload, headers=JPEG | headers)
    assert response.status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("headers", [OWN, {"Origin": "http://localhost"}], ids=["fetch", "origin"])
@pytest.mark.parametrize("path", POSTS)
def test_the_own_page_may_post(
    client: FlaskClient, path: str, headers: dict[str, str], upload: bytes
) -> None:
    response = client.post(path, data=upload, headers=JPEG | headers)
    assert response.status_code in (200, 204)


@pytest.mark.parametrize("path", POSTS)
def test_a_program_may_search_and_nothing_else(
    client: FlaskClient, path: str, upload: bytes
) -> None:
    status = client.post(path, data=upload, headers=JPEG).status_code
    assert status == (200 if path == "/api/v1/search" else 403)


STAND = ["/stand", "/api/v1/stand/state", "/api/v1/stand/preview.jpg"]


@pytest.mark.parametrize("path", STAND)
@pytest.mark.parametrize("address", ["192.168.1.7", "10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1"])
def test_a_phone_sees_neither_camera_nor_screen(
    client: FlaskClient, path: str, address: str
) -> None:
    assert client.get(path, environ_base={"REMOTE_ADDR": address}).status_code == 403


@pytest.mark.parametrize("action", ["look", "dismiss"])
def test_a_phone_cannot_use_the_stands_actions(client: FlaskClient, action: str) -> None:
    response = client.post(
        f"/api/v1/stand/{action}", headers=OWN, environ_base={"REMOTE_ADDR": "192.168.1.7"}
    )
    assert response.status_code == 403


@pytest.mark.slow
def test_a_phone_can_upload_a_picture(client: FlaskClient, upload: bytes) -> None:
    response = client.post(
        "/answer",
        data=upload,
        headers=JPEG | OWN,
        environ_base={"REMOTE_ADDR": "192.168.1.7"},
    )
    assert response.status_code == 200
