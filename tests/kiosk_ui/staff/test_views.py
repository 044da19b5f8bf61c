"""The staff's page over HTTP: it needs the PIN, this machine and its own forms."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_time import FakeTime
from flask.testing import FlaskClient
from kiosk_page import HOSTS, OWN, wait_for

from device.config import ScreenConfig
from device.service import Answer, Filters, KioskService, StaffFolders, StaffService, Verdict
from device.service.state import Phase
from device.staff import pin
from kiosk_ui import create_app
from kiosk_ui.staff.session_keys import MAX_SESSION_S, MAX_SESSIONS, StaffSessions
from kiosk_ui.stand.visit_counter import TOUCH_ENDPOINTS

GOOD = "471902"
PARTS = ("health", "use", "choices", "missed", "capture", "log")
FILES = ("statistics.csv", "missed.csv", "log.txt")
POSTS = ("choices", "missed", "capture")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The staff's folder, with a PIN under a fast hash."""
    monkeypatch.setattr(pin, "_COST", {"n": 2, "r": 1, "p": 1})
    pin.write(tmp_path / "staff", GOOD)
    return tmp_path / "staff"


@pytest.fixture
def time() -> FakeTime:
    """A clock that a test advances."""
    return FakeTime()


@pytest.fixture
def staffed(folder: Path, time: FakeTime, service: KioskService) -> Iterator[KioskService]:
    """A kiosk with staff, and a print under its camera."""
    staff_service = StaffService(
        StaffFolders(staff=folder), pause_s=90, clock=time.clock, sample_s=600
    )
    service.query.dismiss()
    service.staff = staff_service
    yield service
    service.staff = None
    staff_service.close()
    service.query.dismiss()


@pytest.fixture
def make_client(staffed: KioskService, time: FakeTime) -> Callable[[], FlaskClient]:
    """A function that returns another browser."""
    sessions = StaffSessions(300, time.clock)
    app = create_app(staffed, ScreenConfig(), HOSTS, sessions=sessions)
    return app.test_client


@pytest.fixture
def client(make_client: Callable[[], FlaskClient]) -> FlaskClient:
    """A browser at the stand that isn't signed in."""
    return make_client()


def enter(client: FlaskClient, tried: str = GOOD) -> int:
    """Enter a PIN; return the response's status."""
    return client.post("/staff", data={"pin": tried}, headers=OWN).status_code


def is_in(client: FlaskClient) -> bool:
    """Return whether this browser is signed in."""
    return client.get("/staff/health").status_code == 200


def test_every_part_needs_the_pin(client: FlaskClient) -> None:
    for name in (*PARTS, *FILES):
        refused = client.get(f"/staff/{name}")
        assert refused.status_code == 403
        assert b'name="pin"' in refused.data
        assert b"findings" not in refused.data
    for name in POSTS:
        assert client.post(f"/staff/{name}", headers=OWN).headers["Location"] == "/staff"

    assert enter(client) == 303
    for name in (*PARTS, *FILES):
        assert client.get(f"/staff/{name}").status_code == 200, name
    assert client.get("/staff").headers["Location"] == "/staff/health"
    assert client.get("/staff/nothing").status_code == 404


def test_the_session_cookie_is_strict_http_only_and_for_the_staffs_path(
    client: FlaskClient,
) -> None:
    response = client.post("/staff", data={"pin": GOOD}, headers=OWN)
    cookie = response.headers["Set-Cookie"]

    assert re.fullmatch(r"staff=[\w-]{43}; HttpOnly; Path=/staff; SameSite=Strict", cookie)


def test_after_several_wrong_pins_the_right_one_is_locked_out_too(
    client: FlaskClient, time: FakeTime
) -> None:
    for _ in range(3):
        said = client.post("/staff", data={"pin": "000000"}, headers=OWN)
        assert said.status_code == 403
        assert b"Wrong PIN. Please try again." in said.data
    locked = client.post("/staff", data={"pin": "000000"}, headers=OWN)
    assert b"Please wait 30 seconds" in locked.data
    assert enter(client) == 403
    assert not is_in(client)
    time.sleep(31)
    assert enter(client) == 303
    assert is_in(client)


@pytest.mark.parametrize("tried", ["", "0", GOOD[:-1], GOOD + "0", "é" * 9, "0" * 100_000, "\0"])
def test_only_the_exact_pin_signs_in(client: FlaskClient, tried: str) -> None:
    assert enter(client, tried) == 403
    assert not is_in(client)


def test_without_a_stored_pin_the_page_explains_how_to_set_one(
    client: FlaskClient, folder: Path
) -> None:
    (folder / pin.FILE).unlink()

    said = client.get("/staff")
    assert b"printkiosk-device pin" in said.data
    assert b'name="pin"' not in said.data
    for tried in ("", GOOD, "000000"):
        assert enter(client, tried) == 403
    pin.write(folder, "820517")
    assert enter(client, "820517") == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_on_another_site_has_no_effect_even_when_signed_in(
    client: FlaskClient, staffed: KioskService, headers: dict[str, str]
) -> None:
    assert client.post("/staff", data={"pin": GOOD}, headers=headers).status_code == 403
    assert enter(client) == 303
    for name in (*POSTS, "leave"):
        data = {"keeps_misses": "on"}
        assert client.post(f"/staff/{name}", data=data, headers=headers).status_code == 403
    assert staffed.staff is not None
    assert not staffed.staff.preferences.keeps_unmatched
    assert is_in(client)


def test_a_foreign_host_name_does_not_reach_the_staffs_page(client: FlaskClient) -> None:
    assert client.get("/staff", headers={"Host": "evil.example"}).status_code == 400


def test_another_machine_cannot_reach_the_staffs_page(client: FlaskClient) -> None:
    away = {"REMOTE_ADDR": "192.168.1.7"}

    assert client.get("/staff", environ_overrides=away).status_code == 403
    tried = client.post("/staff", data={"pin": GOOD}, headers=OWN, environ_overrides=away)
    assert tried.status_code == 403
    assert "Set-Cookie" not in tried.headers
    assert enter(client) == 303
    assert client.get("/staff/health", environ_overrides=away).status_code == 403


def test_an_idle_session_expires_and_a_used_one_does_not(
    client: FlaskClient, time: FakeTime
) -> None:
    enter(client)
    for _ in range(4):
        time.sleep(299)
        assert is_in(client)
    time.sleep(301)
    assert not is_in(client)


def test_after_an_hour_even_a_used_session_expires(client: FlaskClient, time: FakeTime) -> None:
    enter(client)
    for _ in range(int(MAX_SESSION_S // 200)):
        time.sleep(200)
        assert is_in(client)
    time.sleep(200)
    assert not is_in(client)


def test_signing_out_invalidates_the_cookie(
    client: FlaskClient, make_client: Callable[[], FlaskClient]
) -> None:
    enter(client)
    key = client.get_cookie("staff", path="/staff")
    assert key is not None
    left = client.post("/staff/leave", headers=OWN)

    assert left.headers["Location"] == "/?anew"
    assert not is_in(client)
    again = make_client()
    again.set_cookie("staff", key.value, path="/staff")
    assert not is_in(again)


def test_only_issued_keys_are_valid_and_the_oldest_is_dropped(time: FakeTime) -> None:
    sessions = StaffSessions(300, time.clock)
    first = sessions.begin()
    for other in ("", first[:-1], first + "=", "é", "\udcff"):
        assert not sessions.is_valid(other)
    assert sessions.is_valid(first)
    for _ in range(MAX_SESSIONS):
        sessions.begin()
    assert not sessions.is_valid(first)


def test_signing_in_dismisses_the_last_visitors_answer(
    client: FlaskClient, staffed: KioskService
) -> None:
    staffed.query.look()
    wait_for(staffed, Phase.FOUND)
    enter(client)

    assert staffed.snapshot().state.phase is Phase.LOOKING


def test_no_visitors_page_mentions_the_staffs_page(client: FlaskClient) -> None:
    for address in ("/", "/?guest", "/stand", "/nowhere"):
        assert b"staff" not in client.get(address).data.lower().replace(b"member of staff", b"")


def test_preferences_are_saved_and_shown_again(client: FlaskClient, staffed: KioskService) -> None:
    enter(client)
    facet = next(iter(staffed.collection.options(Filters()).facets["technique"])).value
    data = {
        "attract": f"technique:{facet}",
        "opens_monday": "10:00",
        "closes_monday": "18:00",
        "keeps_misses": "on",
    }
    kept = client.post("/staff/choices", data=data, headers=OWN, follow_redirects=True)

    assert b"Saved." in kept.data
    assert staffed.staff is not None
    chosen = staffed.staff.preferences
    assert (chosen.attract.facet, chosen.attract.value) == ("technique", facet)
    assert str(chosen.opening.days["monday"]) == "10:00-18:00"
    assert chosen.keeps_unmatched
    assert re.search(rf'<option value="technique:{re.escape(facet)}" selected', kept.text)
    assert kept.text.count("<option selected>") == 2


@pytest.mark.parametrize(
    "data",
    [
        {"attract": "title:x"},
        {"attract": "technique:"},
        {"attract": ":"},
        {"attract": "x" * 10_000},
        {"opens_monday": "18:00", "closes_monday": "10:00"},
        {"opens_monday": "10:00"},
        {"opens_sunday": "\0", "closes_sunday": "x" * 10_000},
    ],
)
def test_invalid_preferences_are_refused_and_change_nothing(
    client: FlaskClient, staffed: KioskService, data: dict[str, str]
) -> None:
    enter(client)
    assert staffed.staff is not None
    before = staffed.staff.preferences
    refused = client.post("/staff/choices", data=data, headers=OWN)

    assert refused.status_code == 400
    assert b"This could not be done" in refused.data
    assert staffed.staff.preferences == before


def test_an_unwritable_disk_is_reported_on_the_page(client: FlaskClient, folder: Path) -> None:
    enter(client)
    (folder / ".choices.json.new").mkdir()
    (folder / ".choices.json.new/in the way").touch()
    (folder / "choices.json").mkdir()

    refused = client.post("/staff/choices", data={"attract": "none"}, headers=OWN)
    assert refused.status_code == 400
    assert b"can&#39;t store the preferences" in refused.data


@pytest.mark.slow
def test_visits_are_counted_with_the_visitors_language(
    client: FlaskClient, staffed: KioskService, time: FakeTime, upload: bytes
) -> None:
    client.get("/?language=de")
    client.get("/stand")  # the page's own poll
    client.post("/api/v1/stand/look", headers=OWN)
    wait_for(staffed, Phase.FOUND)
    client.get("/stand")
    time.sleep(100)
    client.post("/answer", data=upload, headers=OWN | {"Content-Type": "image/jpeg"})
    client.get("/?language=fr")
    client.get("/narrowing")
    enter(client)
    table = client.get("/staff/statistics.csv")

    assert table.headers["Content-Disposition"] == 'attachment; filename="statistics.csv"'
    row = next(csv.DictReader(io.StringIO(table.text)))
    assert {name: row[name] for name in row if name != "hour" and row[name] != "0"} == {
        "visits": "2",
        "same_print": "2",
        "uploads": "1",
        "language_de": "2",
        "language_fr": "1",
    }
    shown = client.get("/staff/use?language=en").text
    assert re.search(r"Today</th><td>2</td><td>2</td>", shown)


def test_a_phone_does_not_count_as_a_visit(client: FlaskClient, staffed: KioskService) -> None:
    client.get("/narrowing", environ_overrides={"REMOTE_ADDR": "192.168.1.7"})

    assert staffed.staff is not None
    assert staffed.staff.statistics() == ()


def test_every_counted_endpoint_exists(client: FlaskClient) -> None:
    assert set(client.application.view_functions) >= TOUCH_ENDPOINTS


def test_a_test_capture_shows_the_cameras_picture_and_is_not_kept(
    client: FlaskClient, staffed: KioskService, folder: Path
) -> None:
    enter(client)
    before, before_answers = sorted(folder.iterdir()), staffed.health().answers
    shown = client.post("/staff/capture", headers=OWN)

    assert 'src="data:image/jpeg;base64,' in shown.text
    assert "This print" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert staffed.health().answers == before_answers
    assert sorted(folder.iterdir()) == before


def test_an_unmatched_print_is_listed_downloaded_and_cleared(
    client: FlaskClient, staffed: KioskService
) -> None:
    enter(client)
    assert "No list is kept" in client.get("/staff/missed").text
    client.post("/staff/choices", data={"attract": "all", "keeps_misses": "on"}, headers=OWN)
    assert staffed.staff is not None
    staffed.staff.note_answer(_unknown(staffed))

    listed = client.get("/staff/missed").text
    assert "Similar only" in listed
    assert client.get("/staff/missed.csv").text.count("\n") == 2
    cleared = client.post("/staff/missed", headers=OWN, follow_redirects=True)
    assert "The list is now empty" in cleared.text
    assert staffed.staff.unmatched.entries() == ()


def _unknown(staffed: KioskService) -> Answer:
    return replace(staffed.query.capture_for_staff().answer, verdict=Verdict.SIMILAR_ONLY)


def test_every_response_has_the_headers_and_lets_forms_send_their_origin(
    client: FlaskClient,
) -> None:
    enter(client)
    for name in ("", *PARTS):
        response = client.get(f"/staff/{name}" if name else "/staff")
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_kiosk_without_a_staff_service_has_no_staff_page(
    open_service: Callable[..., KioskService],
) -> None:
    app = create_app(open_service(), ScreenConfig(), HOSTS)

    assert app.test_client().get("/staff").status_code == 404
