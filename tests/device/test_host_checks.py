"""What the doctor says of the machine: each thing with what to do where it isn't good."""

import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from device import host_checks
from device.config import Config, ListenConfig


def examined(**more: object) -> dict[str, host_checks.HostCheck]:
    config = Config(**{"listen": ListenConfig(port=0), **more})  # type: ignore[arg-type]
    found = {finding.what: finding for finding in host_checks.examine(config)}
    assert all(finding.is_good or finding.advice for finding in found.values())
    return found


def test_python_and_system_are_named() -> None:
    found = examined()["machine"].found

    assert "Python 3." in found and " on " in found


def test_without_picamera2_it_is_said_what_cameras_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.path", [])
    finding = examined()["camera software"]

    assert finding.is_good
    assert "webcam or the replay camera" in finding.found


def test_a_clock_before_this_software_was_installed_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = Path(host_checks.__file__).stat().st_mtime
    monkeypatch.setattr("time.time", lambda: made - 1)

    finding = examined()["clock"]

    assert not finding.is_good
    assert "updates may be refused" in finding.advice


def test_the_room_counted_is_the_stores_disks(tmp_path: Path) -> None:
    finding = examined(store=tmp_path / "not/yet/there")["room"]

    assert str(tmp_path) in finding.found


@pytest.mark.parametrize(("free", "is_good"), [(499_999_999, False), (500_000_000, True)])
def test_less_room_than_an_update_needs_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, is_good: bool
) -> None:
    usage = os.statvfs_result((1, 1, free, free, free, 0, 0, 0, 0, 255))
    monkeypatch.setattr("os.statvfs", lambda _: usage)

    assert examined(store=tmp_path)["room"].is_good is is_good


@pytest.fixture
def stranger() -> Iterator[int]:
    """A port at which something else listens, and speaks HTTP."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_port_that_others_have_taken_is_named_with_what_to_do(stranger: int) -> None:
    finding = examined(listen=ListenConfig(port=stranger))["address"]

    assert not finding.is_good
    assert f"127.0.0.1:{stranger}" in finding.found
    assert "ss -ltnp" in finding.advice


def test_a_port_with_silence_behind_it_is_taken_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_checks, "_ASKED_FOR_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        finding = examined(listen=ListenConfig(port=silent.getsockname()[1]))["address"]

    assert not finding.is_good
