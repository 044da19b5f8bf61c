"""Notifications to systemd over real sockets."""

import os
import socket
import uuid

import pytest

from device.sd_notify import Notifier


class Manager:
    """systemd's end of the socket."""

    def __init__(self, bind_to: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(10)
        self.socket.bind(bind_to)

    def received(self) -> bytes:
        return self.socket.recv(4096)


@pytest.fixture(params=["path", "abstract"])
def manager_and_address(request, tmp_path):
    if request.param == "path":
        address = bind_to = str(tmp_path / "notify")
    else:
        name = f"printkiosk-test-{uuid.uuid4()}"
        address, bind_to = f"@{name}", f"\0{name}"
    manager = Manager(bind_to)
    yield manager, address
    manager.socket.close()


@pytest.mark.parametrize(
    ("notify", "expected"),
    [
        (lambda n: n.ready(), b"READY=1"),
        (lambda n: n.watchdog(), b"WATCHDOG=1"),
        (lambda n: n.stopping(), b"STOPPING=1"),
    ],
    ids=["ready", "watchdog", "stopping"],
)
def test_each_notification_arrives_in_systemds_format(manager_and_address, notify, expected):
    manager, address = manager_and_address

    notify(Notifier.from_environ({"NOTIFY_SOCKET": address}))

    assert manager.received() == expected


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}])
def test_without_a_socket_nothing_is_sent_and_nothing_fails(environ, caplog):
    notifier = Notifier.from_environ(environ)

    notifier.ready()

    assert notifier.watchdog_period_s is None
    assert not caplog.records


@pytest.mark.parametrize("address", ["vsock:2:1234", "relative/path"])
def test_an_unsupported_address_is_warned_of_once_and_never_used(address, caplog):
    notifier = Notifier.from_environ({"NOTIFY_SOCKET": address})

    notifier.ready()

    assert [r.levelname for r in caplog.records] == ["WARNING"]


def test_a_missing_socket_is_logged_and_not_raised(tmp_path, caplog):
    Notifier.from_environ({"NOTIFY_SOCKET": str(tmp_path / "gone")}).watchdog()

    assert "not sent" in caplog.text


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"WATCHDOG_USEC": "10000000"}, 5.0),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": str(os.getpid())}, 5.0),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_period_is_half_of_systemds_timeout_for_this_process(environ, expected):
    assert Notifier.from_environ(environ).watchdog_period_s == expected
