"""The phones' server: guests get answers, and nothing of the stand or the staff."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from kiosk_page import OWN, choose
from playwright.sync_api import expect, sync_playwright

from device.config import Config, ListenConfig, ScreenConfig
from device.errors import ConfigError
from device.service import KioskService, StaffFolders, StaffService
from device.staff import pin
from kiosk_ui import create_app, create_lan_app
from kiosk_ui.server import Server

ROOT = Path(__file__).parents[2]
NAME = "phone.example"
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture
def staff_service(service: KioskService, tmp_path: Path) -> Iterator[StaffService]:
    """The staff's service, with a PIN."""
    pin.write(tmp_path / "staff", "471902")
    service.staff = StaffService(StaffFolders(staff=tmp_path / "staff"), pause_s=90, sample_s=600)
    yield service.staff
    service.staff.close()
    service.staff = None


@pytest.fixture
def lan(service: KioskService, staff_service: StaffService) -> FlaskClient:
    """A phone's client; it comes from the loopback address, which is the worst case."""
    return create_lan_app(service, ScreenConfig(), ["localhost"]).test_client()


def test_the_phones_server_has_no_stand_or_staff_routes(
    lan: FlaskClient, service: KioskService, staff_service: StaffService
) -> None:
    here = {rule.rule for rule in lan.application.url_map.iter_rules()}
    stand = {rule.rule for rule in create_app(service, ScreenConfig(), [NAME]).url_map.iter_rules()}

    assert not [rule for rule in here if rule.startswith(("/staff", "/api/v1/stand", "/stand/"))]
    assert len([rule for rule in stand - here if rule.startswith("/staff")]) >= 8
    assert here < stand


@pytest.mark.parametrize(
    "address",
    [
        "/staff",
        "/staff/health",
        "/staff/log.txt",
        "/api/v1/stand/state",
        "/api/v1/stand/preview.jpg",
    ],
)
def test_addresses_of_stand_and_staff_are_404_for_phones(lan: FlaskClient, address: str) -> None:
    assert lan.get(address).status_code == 404
    assert lan.post(address, data={"pin": "471902"}, headers=OWN).status_code in (404, 405)


def test_the_phones_server_treats_this_machine_as_a_guest(lan: FlaskClient) -> None:
    assert lan.get("/stand").status_code == 403
    page = lan.get("/").text
    assert 'data-mode="guest"' in page
    assert lan.get("/healthz").json["note"] == ""


def test_other_host_names_are_refused(lan: FlaskClient) -> None:
    for name in ("127.0.0.1", "evil.example", "localhost.evil.example"):
        assert lan.get("/", headers={"Host": name}).status_code == 400


@pytest.mark.slow
def test_a_client_without_an_origin_may_only_search(
    lan: FlaskClient, upload: bytes, service: KioskService
) -> None:
    searched = lan.post("/api/v1/search", data=upload, headers=JPEG)
    assert searched.json["verdict"] == "same_print"

    posts = [
        rule.rule
        for rule in lan.application.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint != "api.search"
    ]
    assert posts
    for rule in posts:
        address = re.sub(r"<[^>]*>", "x", rule)
        assert lan.post(address, data=upload, headers=JPEG).status_code == 403, address


def test_a_page_of_another_site_may_not_even_search(lan: FlaskClient, upload: bytes) -> None:
    for origin in ("https://evil.example", "null", "https://localhost", "http://localhost:99"):
        headers = JPEG | {"Origin": origin}
        assert lan.post("/api/v1/search", data=upload, headers=headers).status_code == 403


@pytest.mark.slow
def test_a_phone_is_not_counted_as_a_visit_at_the_stand(
    lan: FlaskClient, upload: bytes, staff_service: StaffService
) -> None:
    lan.post("/answer", data=upload, headers=JPEG | {"Origin": "http://localhost"})
    lan.get("/narrowing")

    counts = [dict(row.counts) for row in staff_service.statistics()]
    assert counts == [{"same_print": 1, "uploads": 1}]


@pytest.mark.parametrize(
    ("listen", "fault"),
    [
        ({"lan": "0.0.0.0"}, "lan_hosts"),
        ({"lan": "::"}, "lan_hosts"),
        ({"lan": "10.0.0.7", "lan_port": 8080}, "lan_port"),
        ({"lan_port": 70000}, "lan_port"),
    ],
)
def test_a_phones_server_without_its_own_names_or_port_is_refused(
    listen: dict[str, object], fault: str
) -> None:
    with pytest.raises(ConfigError, match=rf"listen\.{fault}"):
        Config(listen=ListenConfig(**listen))  # type: ignore[arg-type]  # the test's own


def test_the_phones_server_is_off_by_default() -> None:
    assert ListenConfig().lan == ""


class _Running:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@pytest.fixture
def start(small_bundle: Path, tmp_path: Path) -> Iterator[Callable[..., _Running]]:
    """A function that starts the whole kiosk, which the end of the test kills."""
    running: list[subprocess.Popen[str]] = []

    def start_one(**environ: str) -> _Running:
        program = [sys.executable, "-m", "kiosk_ui", "--bundle", str(small_bundle)]
        staff = {"PRINTKIOSK_STAFF_FOLDER": str(tmp_path / "staff")}
        running.append(
            subprocess.Popen(
                [*program, "--camera", "none", "--port", "0"],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=os.environ | staff | environ,
            )
        )
        return _Running(running[-1])

    yield start_one
    for process in running:
        process.kill()
        process.communicate()


def fetched(address: str) -> int:
    """Return the status of a request to an address."""
    try:
        with urllib.request.urlopen(address, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.slow
def test_a_kiosk_serves_phones_on_a_second_port_and_stops_both(
    start: Callable[..., _Running],
) -> None:
    kiosk = start(PRINTKIOSK_LISTEN_LAN="127.0.0.2", PRINTKIOSK_LISTEN_LAN_PORT="0")
    stand = re.fullmatch(r"printkiosk: (http://127\.0\.0\.1:\d+/)\n", kiosk.line())
    phones = re.fullmatch(r"printkiosk: phones: (http://127\.0\.0\.2:\d+/)\n", kiosk.line())
    assert stand and phones

    assert [fetched(stand[1] + path) for path in ("", "healthz", "staff")] == [200, 200, 200]
    assert [fetched(phones[1] + path) for path in ("", "healthz", "staff")] == [200, 200, 404]
    kiosk.process.send_signal(signal.SIGTERM)
    assert kiosk.process.wait(timeout=20) == 0


@pytest.mark.slow
def test_a_missing_network_does_not_affect_the_stand(
    start: Callable[..., _Running],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        kiosk = start(PRINTKIOSK_LISTEN_LAN="127.0.0.1", PRINTKIOSK_LISTEN_LAN_PORT=port)
        stand = re.fullmatch(r"printkiosk: (http://127\.0\.0\.1:\d+/)\n", kiosk.line())
        assert stand
        assert fetched(stand[1]) == 200


@pytest.mark.browser
def test_a_phones_browser_gets_an_answer_over_plain_http(
    service: KioskService, upload: bytes
) -> None:
    """Over plain HTTP a browser sends no Sec-Fetch-Site; its own host name reproduces this."""
    server = Server(create_lan_app(service, ScreenConfig(), [NAME]), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    said: list[str | None] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
        )
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on(
            "request",
            lambda sent: sent.method == "POST"
            and said.append(sent.all_headers().get("sec-fetch-site")),
        )
        page.goto(f"http://{NAME}:{server.port}/")
        choose(upload, page)
        expect(page.locator("[data-scene=answer]:not(.goes)")).to_be_visible()
        browser.close()
    server.stop()
    thread.join()
    assert said[0] is None
