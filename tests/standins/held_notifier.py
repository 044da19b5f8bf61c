"""A line to systemd that a test reads, and by which it can hold up the loop that gives signs of life."""

import threading

from device.sd_notify import Notifier

LONG_S = 20.0  # until a test gives up; none waits so long when all is well


class HeldNotifier(Notifier):
    """Counts the signs of life, and can hold up the loop that gives them."""

    def __init__(self) -> None:
        super().__init__(None)
        self.said: list[str] = []
        self.rounds = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()
        self._held = threading.Event()

    def hold(self) -> None:
        """Close the gate, and come back when the working loop stands before it."""
        self._held.clear()
        self.gate.clear()
        if not self._held.wait(LONG_S):
            raise TimeoutError("the working loop gives no signs of life")

    def watchdog(self) -> None:
        """Note a sign of life; the working loop goes on when the gate is open."""
        self.rounds.release()
        if not self.gate.is_set():
            self._held.set()
            self.gate.wait(LONG_S)

    def ready(self) -> None:
        """Note it."""
        self.said.append("ready")

    def stopping(self) -> None:
        """Note it."""
        self.said.append("stopping")
