"""Telling systemd how the kiosk is: started, alive, stopping.

The datagrams of sd_notify(3) and nothing else; silent where nobody asked to be told. Knows nothing of what it reports on:
whoever does the work calls `watchdog`, so that a loop that hangs is a service that is restarted.
"""

import logging
import os
import socket
from collections.abc import Mapping
from typing import Self

_log = logging.getLogger(__name__)


class Notifier:
    """A line to the service manager.

    Args:
        address: A Unix datagram socket's path, `@name` for an abstract one; `None` says nothing to nobody.
        watchdog_period_s: How often `watchdog` is to be called; `None` where nobody counts.
    """

    def __init__(self, address: str | None, watchdog_period_s: float | None = None) -> None:
        self._address = address
        self.watchdog_period_s = watchdog_period_s

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Give the notifier that systemd's variables describe.

        The watchdog's period is half of what systemd allows, and `None` when it watches another process.
        """
        address = environ.get("NOTIFY_SOCKET") or None
        if address is not None and address[0] not in "/@":  # a virtual machine's vsock:, say
            _log.warning("NOTIFY_SOCKET: expected a path or @name, found %s; not used", address)
            address = None
        return cls(address, _watchdog_period_s(environ))

    def ready(self) -> None:
        """Say that visitors can be served."""
        self._send("READY=1")

    def watchdog(self) -> None:
        """Say that work got done since the last call."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the shutdown has begun."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.connect(address)
                line.sendall(message.encode())
        except OSError as error:  # the kiosk goes on; systemd will draw its own conclusion
            _log.warning("NOTIFY_SOCKET %s: %s not sent: %s", self._address, message, error)


def _watchdog_period_s(environ: Mapping[str, str]) -> float | None:
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    allowed_us = environ.get("WATCHDOG_USEC", "")
    if not allowed_us.isdecimal() or int(allowed_us) == 0:
        return None
    return int(allowed_us) / 2e6
