"""A folder for a USB stick, to install a kiosk without a network.

It holds the installer, wheels, Debian packages and a bundle. It is filled on a machine of the kiosk's own kind,
because the wheels and packages are chosen for the machine that fills it.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from installer import apt_packages, wheels
from installer.errors import InstallError

_NOT_COPIED = ("__pycache__", wheels.FOLDER, apt_packages.FOLDER)


def fill(
    units: Path, checkout: Path, bundle: Path, out: Path, report: Callable[[str], None]
) -> None:
    """Fill a folder with the installer, wheels and a bundle; replace an earlier wheelhouse.

    Args:
        units: `systemd/` of the checkout.
        checkout: The folder with the software's source.
        bundle: The first bundle.
        out: The folder to fill.
        report: Called with each line of progress.

    Raises:
        InstallError: When `out` is another kind of folder, or a wheel can't be built.
    """
    if out.exists() and not (out / "install.py").is_file():
        raise InstallError(
            f"{out}: expected a new folder or an earlier wheelhouse, found another folder;"
            " name a new one"
        )
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(units, out, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    wheels.build(checkout, out / wheels.FOLDER)
    report(f"software: {len(list((out / wheels.FOLDER).glob('*.whl')))} wheels")
    shutil.copytree(bundle, out / "bundle")
    report(f"bundle: {bundle}")


def add_packages(out: Path, report: Callable[[str], None]) -> None:
    """Download the required Debian packages, with their dependencies, into a wheelhouse."""
    names = apt_packages.required(is_building=False)
    count = apt_packages.download(names, out / apt_packages.FOLDER)
    report(f"packages: {count}, dependencies included")


def report_size(out: Path, report: Callable[[str], None]) -> None:
    """Report the size of a finished installer folder, and the command to run on the kiosk."""
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    report(f"{out}: {size / 1e6:.0f} MB to copy; on the kiosk: sudo python3 install.py install")
