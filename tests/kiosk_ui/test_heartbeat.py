"""A silent page is reported once; a starting or closed kiosk is not silent."""

from pathlib import Path

import pytest
from fake_time import FakeTime
from flask import Flask

from kiosk_ui.heartbeat import (
    CLOSED_FILE,
    MAX_TIMEOUT_S,
    SILENT_AFTER_S,
    SILENT_FILE,
    STARTING_S,
    Heartbeat,
)

STATE = "/api/v1/stand/state"


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def asks(app: Flask, path: str = STATE) -> None:
    app.test_client().get(path)


def test_a_silent_page_is_reported_once(app: Flask, time: FakeTime, tmp_path: Path) -> None:
    heart = Heartbeat(app, tmp_path, clock=time.clock)
    asks(app)

    time.sleep(SILENT_AFTER_S - 1)
    assert not heart.check()
    time.sleep(1)
    assert heart.check()
    assert (tmp_path / SILENT_FILE).exists()
    (tmp_path / SILENT_FILE).unlink()  # as systemd does
    assert not heart.check()


def test_a_request_for_the_state_counts_as_a_sign_of_life(
    app: Flask, time: FakeTime, tmp_path: Path
) -> None:
    heart = Heartbeat(app, tmp_path, clock=time.clock)

    for _ in range(20):
        time.sleep(SILENT_AFTER_S - 1)
        asks(app)
        assert heart.age_s == 0
        assert not heart.check()
    assert not (tmp_path / SILENT_FILE).exists()


def test_other_requests_do_not_count_as_a_page(app: Flask, time: FakeTime, tmp_path: Path) -> None:
    heart = Heartbeat(app, tmp_path, clock=time.clock)
    asks(app)
    time.sleep(SILENT_AFTER_S)

    asks(app, "/healthz")

    assert heart.check()


def test_a_browser_that_stays_away_is_restarted_at_growing_intervals(
    app: Flask, time: FakeTime, tmp_path: Path
) -> None:
    heart = Heartbeat(app, tmp_path, clock=time.clock)
    waits_s = [STARTING_S * 2**n for n in range(5)] + [MAX_TIMEOUT_S, MAX_TIMEOUT_S]

    for wait_s in waits_s:
        time.sleep(wait_s - 1)
        assert not heart.check()
        time.sleep(1)
        assert heart.check()
    asks(app)
    time.sleep(SILENT_AFTER_S)
    assert heart.check()


def test_without_a_runtime_folder_no_restart_is_requested(app: Flask, time: FakeTime) -> None:
    with Heartbeat(app, None, clock=time.clock) as heart:
        time.sleep(10 * STARTING_S)
        assert not heart.check()


def test_an_unwritable_folder_does_not_stop_the_kiosk(
    app: Flask, time: FakeTime, tmp_path: Path
) -> None:
    heart = Heartbeat(app, tmp_path / "gone", clock=time.clock)
    time.sleep(STARTING_S)

    assert heart.check()


def test_the_units_folder_is_taken_from_the_environment(app: Flask, tmp_path: Path) -> None:
    with Heartbeat.from_environ(app, {"RUNTIME_DIRECTORY": str(tmp_path)}) as heart:
        assert not heart.check()
    assert Heartbeat.from_environ(app, {}).check() is False


def test_no_page_is_expected_while_the_museum_is_closed_and_one_is_afterwards(
    app: Flask, time: FakeTime, tmp_path: Path
) -> None:
    heart = Heartbeat(app, tmp_path, clock=time.clock)
    (tmp_path / CLOSED_FILE).touch()
    for _ in range(50):
        time.sleep(1000)
        assert not heart.check()

    (tmp_path / CLOSED_FILE).unlink()
    time.sleep(STARTING_S - 1)
    assert not heart.check()
    time.sleep(1)
    assert heart.check()
