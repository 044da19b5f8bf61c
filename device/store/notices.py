"""The store's notices: the newest ones fetched, which apply to every bundle."""

import logging
from pathlib import Path

from device.bundle.notices import LIMIT_BYTES, Notices, dump, parse
from device.errors import BundleError
from device.store.atomic_files import AtomicFiles, write_atomically

FILE = "notices.json"
_log = logging.getLogger(__name__)


def read(root: Path) -> Notices:
    """Return a store's notices, or empty ones if there are none.

    A damaged file is logged and counts as empty: the kiosk keeps answering, and the next sync repairs the file.
    """
    path = root / FILE
    try:
        with path.open("rb") as file:
            return parse(file.read(LIMIT_BYTES + 1), str(path))
    except FileNotFoundError:
        return Notices()
    except (OSError, BundleError) as error:
        _log.error("%s; until the next sync, withdrawn works are shown", error)
        return Notices()


def write(files: AtomicFiles, root: Path, notices: Notices) -> None:
    """Replace a store's notices on the disk."""
    write_atomically(files, root / FILE, dump(notices).encode())
