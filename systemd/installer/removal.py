"""The uninstallation: it reverts the recorded changes."""

import shutil
from collections.abc import Callable
from pathlib import Path

from installer import apt_packages, install_record, services, slots, system_files
from installer.paths import SERVICE_USER, Paths
from installer.run_command import succeeds


def uninstall(paths: Paths, report: Callable[[str], None], *, everything: bool) -> None:
    """Remove the software and restore the machine's former boot.

    Args:
        paths: The system's folders.
        report: Called with each line of progress.
        everything: Also remove settings, bundles, statistics, users, and packages installed with the kiosk.

    Raises:
        InstallError: When the record can't be read, or a program fails.
    """
    record = install_record.read(paths.record)
    _stop(paths, record)
    system_files.remove(tuple(Path(path) for path in record.files))
    if services.is_running(paths):
        services.reload()
    report(f"units, rules and policy: {len(record.files)} removed; the former boot is restored")
    if everything:
        _remove_data(paths, report)
        _remove_packages(record.packages, report)
    else:
        report(f"kept: {paths.settings}, {paths.store} and the Debian packages")
    for folder in (paths.home, paths.wheels.parent):
        shutil.rmtree(folder, ignore_errors=True)
    report("software: removed")


def _stop(paths: Paths, record: install_record.InstallRecord) -> None:
    slot = slots.current(paths)
    units = services.boot_units(slot / slots.UNITS) if slot else ()
    if services.is_running(paths):
        services.stop(units)
    services.restore_boot(units, record.disabled, record.default_target)


def _remove_data(paths: Paths, report: Callable[[str], None]) -> None:
    for folder in (paths.settings, paths.store):
        shutil.rmtree(folder, ignore_errors=True)
    for user in (SERVICE_USER, f"{SERVICE_USER}-browser"):
        succeeds("userdel", user)
    report(f"settings, bundles and users: removed ({paths.settings}, {paths.store})")


def _remove_packages(names: tuple[str, ...], report: Callable[[str], None]) -> None:
    present = tuple(name for name in names if name in apt_packages.installed())
    kept = apt_packages.remove(present) if present else ()
    report(f"packages: {len(present) - len(kept)} removed")
    if kept:
        report(f"packages kept, because others need them: {' '.join(kept)}")
