"""The number of service starts since boot: more than one means that the service failed."""

import logging
from pathlib import Path

_log = logging.getLogger(__name__)

_FILE = "starts"


def count(run: Path) -> int | None:
    """Count this start of the service, and return the number of starts since boot.

    Args:
        run: A folder in memory, which outlives the service but not a reboot.

    Returns:
        `None` when the number can't be written.
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
