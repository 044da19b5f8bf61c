"""The last lines of the log, kept in memory for the staff page."""

import logging
from collections import deque

LINES = 1000


class RecentLog(logging.Handler):
    """Keeps the last `LINES` log lines.

    The kiosk logs nothing about visitors, so these lines hold nothing about them either.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line and its traceback."""
        try:
            self._lines.append(self.format(record))
        except (ValueError, TypeError):  # the arguments don't fit the message
            self.handleError(record)

    def lines(self) -> tuple[str, ...]:
        """Return the kept lines, oldest first."""
        return tuple(self._lines)
