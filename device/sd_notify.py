"""Notify systemd that the service is ready, alive or stopping, by sd_notify(3).

Without `NOTIFY_SOCKET` nothing is sent. Call `watchdog` only while work is done, so that systemd restarts a service that
hangs.
"""

import logging
import os
import socket
from collections.abc import Mapping
from typing import Self

_log = logging.getLogger(__name__)


class Notifier:
    """Sends notifications to systemd.

    Args:
        address: Path of a Unix datagram socket, or `@name` for an abstract one; `None` to send nothing.
        watchdog_period_s: Seconds between calls of `watchdog`; `None` if systemd expects none.
    """

    def __init__(self, address: str | None, watchdog_period_s: float | None = None) -> None:
        self._address = address
        self.watchdog_period_s = watchdog_period_s

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Make a notifier from systemd's environment variables.

        The watchdog period is half of systemd's timeout, or `None` if the watchdog is off or for another process.
        """
        address = environ.get("NOTIFY_SOCKET") or None
        if address is not None and address[0] not in "/@":  # a virtual machine's vsock:, say
            _log.warning(
                "NOTIFY_SOCKET: expected a path or @name, found %s; no notifications are sent",
                address,
            )
            address = None
        return cls(address, _watchdog_period_s(environ))

    def ready(self) -> None:
        """Notify systemd that the service is ready."""
        self._send("READY=1")

    def watchdog(self) -> None:
        """Notify systemd that the service has made progress since the last call."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Notify systemd that the shutdown has started."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as link:
                link.connect(address)
                link.sendall(message.encode())
        except OSError as error:  # not fatal: systemd restarts a service it doesn't hear
            _log.warning("NOTIFY_SOCKET %s: %s not sent: %s", self._address, message, error)


def _watchdog_period_s(environ: Mapping[str, str]) -> float | None:
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    allowed_us = environ.get("WATCHDOG_USEC", "")
    if not allowed_us.isdecimal() or int(allowed_us) == 0:
        return None
    return int(allowed_us) / 2e6
