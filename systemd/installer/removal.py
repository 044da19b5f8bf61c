"""Taking the kiosk away again: what the record says was done, undone in reverse."""

import shutil
from collections.abc import Callable
from pathlib import Path

from installer import files, packages, record, services, slots
from installer.command import succeeds
from installer.places import SERVICE_USER, Places


def uninstall(places: Places, tell: Callable[[str], None], *, everything: bool) -> None:
    """Remove the software and boot the machine as before.

    Args:
        places: Where the system is.
        tell: Takes a line for whoever watches.
        everything: Also settings, bundles and statistics, the users, and the packages that came with the kiosk.
    """
    done = record.read(places.record)
    _stop(places, done)
    files.remove(tuple(Path(path) for path in done.files))
    if services.is_running(places):
        services.reload()
    tell(f"units, rules and policy: {len(done.files)} removed; the machine boots as before")
    if everything:
        _forget(places, tell)
        _return_packages(done.packages, tell)
    else:
        tell(f"kept: {places.settings}, {places.store}, and packages from Debian")
    for folder in (places.home, places.wheels.parent):
        shutil.rmtree(folder, ignore_errors=True)
    tell("the software is gone")


def _stop(places: Places, done: record.Record) -> None:
    slot = slots.current(places)
    units = services.enabled_units(slot / slots.UNITS) if slot else ()
    if services.is_running(places):
        services.stop(units)
    services.boot_as_before(units, done.disabled, done.default_target)


def _forget(places: Places, tell: Callable[[str], None]) -> None:
    for folder in (places.settings, places.store):
        shutil.rmtree(folder, ignore_errors=True)
    for user in (SERVICE_USER, f"{SERVICE_USER}-browser"):
        succeeds("userdel", user)
    tell(f"settings, bundles and users: gone ({places.settings}, {places.store})")


def _return_packages(names: tuple[str, ...], tell: Callable[[str], None]) -> None:
    here = tuple(name for name in names if name in packages.installed())
    kept = packages.remove(here) if here else ()
    tell(f"packages: {len(here) - len(kept)} taken away again")
    if kept:
        tell(f"kept, because others need them by now: {' '.join(kept)}")
