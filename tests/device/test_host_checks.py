"""Each check of the machine has advice if it fails."""

import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fake_v4l2 import FakeV4l2

from device import host_checks
from device.config import Config, ListenConfig


def run_checks(**more: object) -> dict[str, host_checks.HostCheck]:
    config = Config(**{"listen": ListenConfig(port=0), **more})  # type: ignore[arg-type]
    checks = {check.name: check for check in host_checks.examine(config)}
    assert all(check.is_good or check.advice for check in checks.values())
    return checks


def test_the_machine_check_names_python_and_system() -> None:
    found = run_checks()["machine"].found

    assert "Python 3." in found and " on " in found


def test_without_picamera2_the_other_cameras_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.path", [])
    check = run_checks()["camera software"]

    assert check.is_good
    assert check.found.endswith("use a webcam or the replay camera")  # no webcam was asked


def test_webcams_are_listed_with_their_state(tmp_path: Path) -> None:
    machine = FakeV4l2(tmp_path)
    config = Config(listen=ListenConfig(port=0))

    def found() -> str:
        checks = host_checks.examine(config, machine.devices)
        return next(check.found for check in checks if check.name == "camera software")

    assert found().endswith("; webcams: none")
    machine.plug_in(0)
    machine.plug_in(2, "Other", port="1-2")
    machine.set_busy(2, True)
    assert found().endswith("; webcams: webcam:0 (HD Webcam), free, webcam:2 (Other), in use")


def test_a_time_before_the_installation_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed = Path(host_checks.__file__).stat().st_mtime
    monkeypatch.setattr("time.time", lambda: installed - 1)

    check = run_checks()["clock"]

    assert not check.is_good
    assert "updates may be refused" in check.advice


def test_the_free_space_is_that_of_the_stores_disk(tmp_path: Path) -> None:
    check = run_checks(store=tmp_path / "not/yet/there")["disk space"]

    assert str(tmp_path) in check.found


@pytest.mark.parametrize(("free", "is_good"), [(499_999_999, False), (500_000_000, True)])
def test_less_free_space_than_an_update_needs_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, is_good: bool
) -> None:
    usage = os.statvfs_result((1, 1, free, free, free, 0, 0, 0, 0, 255))
    monkeypatch.setattr("os.statvfs", lambda _: usage)

    assert run_checks(store=tmp_path)["disk space"].is_good is is_good


@pytest.fixture
def foreign_server() -> Iterator[int]:
    """The port of an HTTP server that is not a kiosk."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_port_used_by_another_program_fails_with_advice(foreign_server: int) -> None:
    check = run_checks(listen=ListenConfig(port=foreign_server))["address"]

    assert not check.is_good
    assert f"127.0.0.1:{foreign_server}" in check.found
    assert "ss -ltnp" in check.advice


def test_a_port_whose_server_does_not_answer_fails_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_checks, "_HEALTH_TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        check = run_checks(listen=ListenConfig(port=silent.getsockname()[1]))["address"]

    assert not check.is_good
