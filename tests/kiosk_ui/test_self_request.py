"""The kiosk requests its own page: any response counts, and none doesn't."""

import socket
import threading

import pytest
from kiosk_page import app_of

from device.service import PAGE, Liveness
from kiosk_ui.self_request import SelfRequest
from kiosk_ui.server import Server


def test_any_response_counts_even_an_unhealthy_one(open_service, tmp_path) -> None:
    for bundle in ({}, {"bundle": tmp_path / "none"}):
        server = Server(app_of(open_service(**bundle)), "127.0.0.1", 0)
        thread = threading.Thread(target=server.run)
        thread.start()
        progress = Liveness()

        assert SelfRequest(server.address, progress).send()
        assert progress.age_s(PAGE) < 20
        server.stop()
        thread.join()


def test_the_request_ignores_proxies(open_service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server = Server(app_of(open_service()), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()

    assert SelfRequest(server.address, Liveness()).send()
    server.stop()
    thread.join()


def test_a_missing_server_does_not_count_as_alive() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    progress = Liveness()

    assert not SelfRequest(f"http://127.0.0.1:{port}/", progress).send()
    assert progress.age_s(PAGE) == float("inf")


def test_requests_repeat_and_a_silent_server_becomes_overdue() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    progress = Liveness()
    with SelfRequest(f"http://127.0.0.1:{port}/", progress, every_s=0.01):
        progress.expect(PAGE, 0.0)
        assert progress.overdue() == (PAGE,)
