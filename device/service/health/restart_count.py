"""How often the service was started since the machine was: more than once means that something ended it."""

import logging
from pathlib import Path

_log = logging.getLogger(__name__)

_FILE = "starts"


def count(run: Path) -> int | None:
    """Count this start, and give how many there were.

    Args:
        run: A folder in memory that outlives the service, not the machine; where it can't be written nothing is known.
    """
    path = run / _FILE
    try:
        before = int(path.read_text("ascii")) if path.exists() else 0
    except (OSError, ValueError):
        before = 0
    try:
        path.write_text(str(before + 1), "ascii")
    except OSError as error:
        _log.warning("%s: can't be written (%s); starts aren't counted", path, error)
        return None
    return before + 1
