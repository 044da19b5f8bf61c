"""The log's last lines, kept in memory for the staff's page: they can look without a terminal, and nothing is written."""

import logging
from collections import deque

LINES = 1000


class RecentLog(logging.Handler):
    """Keeps what is logged. Nothing of a visitor's is ever logged, so nothing of theirs is here."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line, and its traceback."""
        try:
            self._lines.append(self.format(record))
        except (ValueError, TypeError):  # a message whose arguments don't fit
            self.handleError(record)

    def lines(self) -> tuple[str, ...]:
        """Give what was logged, oldest first."""
        return tuple(self._lines)
