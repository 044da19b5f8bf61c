"""Everything a kiosk needs in one folder, for a museum whose kiosk never sees a network.

Made on a machine of the kiosk's own kind: the packages and wheels are the ones that this machine would get.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from installer import packages, wheels
from installer.errors import InstallError

_NOT_CARRIED = ("__pycache__", wheels.FOLDER, packages.FOLDER)


def fill(units: Path, checkout: Path, bundle: Path, out: Path, tell: Callable[[str], None]) -> None:
    """Fill a folder to be copied to a stick; what lies there of a former one is replaced.

    Args:
        units: `systemd/` of the checkout.
        checkout: Where the software is.
        bundle: The first bundle.
        out: The folder.
        tell: Takes a line for whoever watches.

    Raises:
        InstallError: When something can't be had.
    """
    if out.exists() and not (out / "install.py").is_file():
        raise InstallError(
            f"{out}: expected a new folder or one filled before, found another; name another"
        )
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(units, out, ignore=shutil.ignore_patterns(*_NOT_CARRIED))
    wheels.make(checkout, out / wheels.FOLDER)
    tell(f"software: {len(list((out / wheels.FOLDER).glob('*.whl')))} wheels")
    shutil.copytree(bundle, out / "bundle")
    tell(f"bundle: {bundle}")


def add_packages(out: Path, tell: Callable[[str], None]) -> None:
    """Add the system's packages, with all that they need."""
    count = packages.carry(packages.wanted(is_building=False), out / packages.FOLDER)
    tell(f"packages: {count}, with all that they need")


def finish(out: Path, tell: Callable[[str], None]) -> None:
    """Say how much there is to copy, and what to do with it."""
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    tell(f"{out}: {size / 1e6:.0f} MB to copy; on the kiosk: sudo python3 install.py install")
