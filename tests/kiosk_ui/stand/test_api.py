"""The stand's own routes: look, dismiss, and the two long polls."""

import queue
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from kiosk_page import OWN, app_of, no_camera, wait_for
from pluggable_camera import PluggableCamera
from werkzeug.test import TestResponse

from device.imaging.frames import Pixels
from device.service import KioskService
from device.service.state import Phase

ANSWERED = (Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND)


def test_look_finds_the_print_under_the_camera(
    client: FlaskClient, service: KioskService, shown_ids: tuple[str, ...]
) -> None:
    before = client.get("/api/v1/stand/state").get_json()
    assert (before["phase"], before["answer"]) == ("looking", None)
    assert client.post("/api/v1/stand/look", headers=OWN).status_code == 204
    wait_for(service, Phase.FOUND)
    after = client.get(f"/api/v1/stand/state?after={before['revision']}").get_json()
    assert after["phase"] == "found"
    assert after["revision"] > before["revision"]
    assert after["answer"]["matches"][0]["record_id"] == shown_ids[0]


def test_dismiss_removes_the_answer(client: FlaskClient, service: KioskService) -> None:
    client.post("/api/v1/stand/look", headers=OWN)
    wait_for(service, Phase.FOUND)
    assert client.post("/api/v1/stand/dismiss", headers=OWN).status_code == 204
    assert client.get("/api/v1/stand/state").get_json()["phase"] == "looking"


def test_look_accepts_filters(
    client: FlaskClient, service: KioskService, shown_ids: tuple[str, ...]
) -> None:
    client.post("/api/v1/stand/look?technique=no%20such%20thing", headers=OWN)
    assert wait_for(service, Phase.NOT_FOUND, Phase.FOUND) is Phase.NOT_FOUND


def test_a_new_state_is_returned_at_once(client: FlaskClient) -> None:
    assert client.get("/api/v1/stand/state?after=0").get_json()["phase"] == "looking"


def test_an_old_state_is_polled_until_it_changes(
    client: FlaskClient, service: KioskService
) -> None:
    revision = client.get("/api/v1/stand/state").get_json()["revision"]
    threading.Timer(0.2, service.query.look).start()
    state = client.get(f"/api/v1/stand/state?after={revision}").get_json()
    assert state["revision"] > revision


def test_a_live_picture_has_a_number_for_the_next_request(client: FlaskClient) -> None:
    first = client.get("/api/v1/stand/preview.jpg")
    assert (first.status_code, first.mimetype) == (200, "image/jpeg")
    assert first.headers["Cache-Control"] == "no-store"
    number = int(first.headers["X-Frame-Number"])
    second = client.get(f"/api/v1/stand/preview.jpg?after={number}")
    assert int(second.headers["X-Frame-Number"]) > number


def test_no_live_picture_is_no_content(open_service: Callable[..., KioskService]) -> None:
    client = app_of(open_service(no_camera)).test_client()
    response = client.get("/api/v1/stand/preview.jpg?after=3")
    assert (response.status_code, response.data) == (204, b"")


def test_look_without_a_camera_is_an_error(open_service: Callable[..., KioskService]) -> None:
    service = open_service(no_camera)
    wait_for(service, Phase.CAMERA_LOST)
    response = app_of(service).test_client().post("/api/v1/stand/look", headers=OWN)
    assert response.status_code == 503
    assert "camera" in response.get_json()["error"]


def test_look_without_a_bundle_is_an_error(bare_client: FlaskClient) -> None:
    response = bare_client.post("/api/v1/stand/look", headers=OWN)
    assert response.status_code == 503


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "99999999999", "1&after=2", "1&more=1"])
@pytest.mark.parametrize("what", ["state", "preview.jpg"])
def test_after_is_a_whole_number(client: FlaskClient, what: str, after: str) -> None:
    assert client.get(f"/api/v1/stand/{what}?after={after}").status_code == 400


def test_repeated_taps_start_one_search(client: FlaskClient, service: KioskService) -> None:
    answers = service.health().answers
    taps = [client.post("/api/v1/stand/look", headers=OWN).status_code for _ in range(20)]
    assert set(taps) == {204}
    wait_for(service, Phase.FOUND)
    assert service.health().answers - answers < 20


def test_a_poll_beyond_the_limit_is_answered_503(
    client: FlaskClient, service: KioskService
) -> None:
    wait = f"/api/v1/stand/state?after={service.snapshot().revision}"
    responses: queue.Queue[TestResponse] = queue.Queue()
    waiting = [
        threading.Thread(target=lambda: responses.put(client.application.test_client().get(wait)))
        for _ in range(4)
    ]
    for thread in waiting:
        thread.start()
    refused = responses.get()  # three are parked, so the first answer is the fourth's
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert client.get("/healthz").status_code == 200
    service.query.look()
    assert [responses.get().status_code for _ in range(3)] == [200, 200, 200]
    for thread in waiting:
        thread.join()


def test_guests_never_see_paths_of_the_machine(
    open_service: Callable[..., KioskService], tmp_path: Path
) -> None:
    client = app_of(open_service(bundle=tmp_path / "none")).test_client()
    phone = {"REMOTE_ADDR": "192.168.1.7"}
    assert str(tmp_path) not in client.get("/healthz", environ_base=phone).text
    assert str(tmp_path) not in client.get("/", environ_base=phone).text
    assert str(tmp_path) in client.get("/healthz").text


def test_outline_and_hint_come_with_their_picture(
    open_hands_free: Callable[[Pixels], tuple[KioskService, PluggableCamera]], held: Pixels
) -> None:
    service, _ = open_hands_free(held)
    client = app_of(service).test_client()
    wait_for(service, Phase.LOOKING, Phase.SEARCHING, *ANSWERED)
    seen = next(
        response.headers
        for response in (client.get(f"/api/v1/stand/preview.jpg?after={n}") for n in range(200))
        if "X-Outline" in response.headers
    )
    points = [float(value) for value in seen["X-Outline"].split(",")]
    assert len(points) == 8
    assert all(0 <= value <= 1 for value in points)
    assert {"X-Frame-Number"} <= set(seen.keys())


@pytest.mark.slow
def test_a_print_held_still_is_searched_once_with_the_pages_filters(
    open_hands_free: Callable[[Pixels], tuple[KioskService, PluggableCamera]],
    table: Pixels,
    held: Pixels,
) -> None:
    service, camera = open_hands_free(table)
    client = app_of(service).test_client()
    wait_for(service, Phase.LOOKING)
    told = client.post("/api/v1/stand/attend?technique=no%20such%20thing", headers=OWN)
    assert told.status_code == 204
    camera.pixels = held
    assert wait_for(service, *ANSWERED) is Phase.NOT_FOUND
    answer = service.snapshot().state.answer
    assert answer is not None and answer.matches == ()

    service.query.dismiss()
    number = 0
    for _ in range(15):  # more than a second: the same print lies there still
        preview = service.preview(number, 1.0)
        assert preview is not None
        number = preview.number + 8
    assert service.snapshot().state.phase is Phase.LOOKING
    assert service.health().answers == 1


@pytest.mark.slow
def test_a_visitor_elsewhere_on_the_page_is_not_interrupted(
    open_hands_free: Callable[[Pixels], tuple[KioskService, PluggableCamera]],
    table: Pixels,
    held: Pixels,
) -> None:
    service, camera = open_hands_free(table)
    client = app_of(service).test_client()
    wait_for(service, Phase.LOOKING)
    client.post("/api/v1/stand/attend?elsewhere=1", headers=OWN)
    camera.pixels = held
    number = 0
    for _ in range(12):
        preview = service.preview(number, 1.0)
        assert preview is not None
        number = preview.number + 8
    assert service.snapshot().state.phase is Phase.LOOKING
    client.post("/api/v1/stand/attend?elsewhere=0", headers=OWN)
    wait_for(service, *ANSWERED)


def test_only_the_stands_page_may_report_activity(client: FlaskClient) -> None:
    phone = {"REMOTE_ADDR": "192.168.1.7"}
    path = "/api/v1/stand/attend"
    assert client.post(path, headers=OWN, environ_base=phone).status_code == 403
    assert client.post(path).status_code == 403  # no page at all
    assert client.post(f"{path}?elsewhere=2", headers=OWN).status_code == 400
    assert client.post(f"{path}?colour=red", headers=OWN).status_code == 400
    assert client.post(path, headers=OWN).status_code == 204  # although no camera is watched here
