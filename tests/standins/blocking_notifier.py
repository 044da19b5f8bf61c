"""A notifier that records notifications and can block the thread that sends them."""

import threading

from device.sd_notify import Notifier

LONG_S = 20.0  # the time after which a test fails; no test waits this long when it passes


class BlockingNotifier(Notifier):
    """Counts watchdog pings, and can block the thread that sends them.

    Attributes:
        messages: Notifications other than pings, in order.
        pings: Released once for each watchdog ping.
        gate: While it is not set, a ping blocks.
    """

    def __init__(self) -> None:
        super().__init__(None)
        self.messages: list[str] = []
        self.pings = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self._is_blocked = threading.Event()

    def block(self) -> None:
        """Close the gate and return as soon as the working loop is blocked.

        Raises:
            TimeoutError: When the working loop sends no ping.
        """
        self._is_blocked.clear()
        self.gate.clear()
        if not self._is_blocked.wait(LONG_S):
            raise TimeoutError("the working loop sends no watchdog ping")

    def watchdog(self) -> None:
        """Count a ping, and wait while the gate is closed."""
        self.pings.release()
        if not self.gate.is_set():
            self._is_blocked.set()
            self.gate.wait(LONG_S)

    def ready(self) -> None:
        """Record the notification."""
        self.messages.append("ready")

    def stopping(self) -> None:
        """Record the notification."""
        self.messages.append("stopping")
