"""The notices of a kiosk: the newest that were fetched, whichever bundle answers."""

import logging
from pathlib import Path

from device.bundle.notices import LIMIT_BYTES, Notices, dump, parse
from device.errors import BundleError
from device.store.atomic_files import AtomicFiles, write_whole

FILE = "notices.json"
_log = logging.getLogger(__name__)


def read(root: Path) -> Notices:
    """Give a store's notices; silent ones where there are none.

    A file that has decayed is told of and taken for silence: the exhibit goes on, and the next sync mends it.
    """
    path = root / FILE
    try:
        with path.open("rb") as file:
            return parse(file.read(LIMIT_BYTES + 1), str(path))
    except FileNotFoundError:
        return Notices()
    except (OSError, BundleError) as error:
        _log.error("%s; sync again, or withdrawn works are shown", error)
        return Notices()


def write(files: AtomicFiles, root: Path, notices: Notices) -> None:
    """Put notices on the disk, to stay, in the place of those before."""
    write_whole(files, root / FILE, dump(notices).encode())
