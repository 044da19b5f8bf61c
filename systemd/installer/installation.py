"""Installation, upgrade and rollback, step by step.

Each step first checks whether it is already done, so an interrupted installation is finished by running it again.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from installer import (
    apt_packages,
    host_checks,
    install_record,
    services,
    slots,
    system_files,
    wheels,
)
from installer.errors import InstallError
from installer.paths import Paths
from installer.run_command import run
from installer.settings import activate_settings, migrated_settings, settings_of

SERVICE = "printkiosk.service"
# Users and folders must exist before the first bundle is installed.
_EARLY_FOLDERS = ("sysusers.d", "tmpfiles.d")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallSource:
    """The inputs of an installation.

    Attributes:
        units: The folder with the units and this installer: `systemd/` of a checkout, or the stick's own folder.
        checkout: The folder with the software's source, to build wheels from; `None` on a stick.
        bundle: The first bundle; `None` leaves the store unchanged.
    """

    units: Path
    checkout: Path | None
    bundle: Path | None


def install(source: InstallSource, paths: Paths, report: Callable[[str], None]) -> None:
    """Install or upgrade the kiosk, from any state of the machine.

    Args:
        source: The inputs.
        paths: The system's folders.
        report: Called with each line of progress.

    Raises:
        InstallError: When a step fails; the software that was active stays active.
    """
    host_checks.check(paths, is_first=slots.current(paths) is None)
    report(f"this machine: {host_checks.describe_system()}")
    with apt_packages.local_source(source.units) as sources:
        _install_packages(source, sources, paths, report)
    folder = _wheels(source, paths, report)
    slot = _build_slot(folder, source, paths, report)
    _create_users_and_settings(slot, paths, report)
    _install_first_bundle(slot, source, paths, report)
    settings = migrated_settings(slot, paths, report)
    slots.self_test(slot, settings)
    report("self-test: the software recognises the bundle's own prints")
    activate_settings(settings, paths)
    _activate(slot, paths, report)
    _enable_at_boot(slot, paths, report)
    _start(slot, paths, report)


def rollback(paths: Paths, report: Callable[[str], None]) -> None:
    """Return to the previous software and the settings that it last used.

    Args:
        paths: The system's folders.
        report: Called with each line of progress.

    Raises:
        InstallError: When there is none, or it fails with this kiosk's settings and bundle.
    """
    previous = slots.previous(paths)
    if previous is None:
        raise InstallError(f"{paths.home}: there is no previous software to return to")
    settings = settings_of(previous, paths)
    slots.self_test(previous, settings)
    activate_settings(settings, paths)
    _activate(previous, paths, report)
    _start(previous, paths, report)


def _install_packages(
    source: InstallSource, sources: Path | None, paths: Paths, report: Callable[[str], None]
) -> None:
    is_building = not _has_wheels(source.units / wheels.FOLDER)
    if apt_packages.missing(apt_packages.required(is_building=is_building)):
        apt_packages.update_lists(sources)
        names = apt_packages.missing(apt_packages.required(is_building=is_building))
        before = apt_packages.installed()
        _record_plan(paths, packages=names)
        apt_packages.install(names, sources)
        _record_plan(paths, packages=tuple(sorted(apt_packages.installed() - before)))
        report(f"packages: {len(names)} installed by apt: {' '.join(names)}")
    else:
        report("packages: all installed already")


def _wheels(source: InstallSource, paths: Paths, report: Callable[[str], None]) -> Path:
    """Return the folder of wheels: the stick's, checked, or one built here."""
    on_stick = source.units / wheels.FOLDER
    if _has_wheels(on_stick):
        wheels.check_sums(on_stick)
        report(f"software: {len(list(on_stick.glob('*.whl')))} wheels on the stick, all intact")
        return on_stick
    if source.checkout is None:
        raise InstallError(
            f"{on_stick}: expected the software's wheels, found none; fill the stick again"
        )
    report("software: downloading and building (a few minutes on a Pi)")
    wheels.build(source.checkout, paths.wheels)
    return paths.wheels


def _build_slot(
    folder: Path, source: InstallSource, paths: Paths, report: Callable[[str], None]
) -> Path:
    active = slots.current(paths)
    if active is not None and slots.is_built_from(active, folder, source.units):
        report("software: this version is already installed")
        return active
    slot = slots.build(paths, folder, source.units)
    report(f"software: installed into the inactive slot {slot}")
    return slot


def _create_users_and_settings(slot: Path, paths: Paths, report: Callable[[str], None]) -> None:
    planned = system_files.plan(slot / slots.UNITS, paths)
    early = tuple(file for file in planned if file.path.parent.name in _EARLY_FOLDERS)
    _record_plan(paths, files=planned)
    system_files.install(early)
    services.create_users_and_folders(paths)
    settings = paths.settings / "kiosk.toml"
    if settings.is_file():
        report(f"settings: {settings} is kept")
        return
    shutil.copy(slot / slots.UNITS / "kiosk.toml.example", settings)
    report(f"settings: {settings} created; the file explains each setting")


def _install_first_bundle(
    slot: Path, source: InstallSource, paths: Paths, report: Callable[[str], None]
) -> None:
    if (paths.store / "current").exists():
        report("bundle: the installed one is kept")
        return
    if source.bundle is None:
        raise InstallError(
            "bundle: expected one in the store or given with --bundle, found none;"
            " name one with --bundle"
        )
    with _readable_copy(source.bundle, paths) as copy:
        program = slot / "bin/printkiosk-device"
        settings = paths.settings / "kiosk.toml"
        command = (program, "bundle", "install", "--config", settings, copy)
        run(*slots.as_service_user(*command), cwd=paths.root)
    report(f"bundle: {source.bundle} installed")


@contextmanager
def _readable_copy(bundle: Path, paths: Paths) -> Iterator[Path]:
    """Yield a copy of a bundle that the kiosk's user can read.

    The original may be in a private home folder.
    """
    with TemporaryDirectory(dir=paths.root / "var/tmp") as folder:
        Path(folder).chmod(0o755)
        copy = Path(folder) / "bundle"
        shutil.copytree(bundle, copy)
        run("chmod", "-R", "a+rX", copy)
        yield copy


def _activate(slot: Path, paths: Paths, report: Callable[[str], None]) -> None:
    """Install a slot's system files, remove obsolete ones, and activate the slot."""
    planned = system_files.plan(slot / slots.UNITS, paths)
    recorded = install_record.read(paths.record).files
    kept = {file.path for file in planned}
    obsolete = tuple(Path(path) for path in recorded if Path(path) not in kept)
    _record_plan(paths, files=planned)
    changed = system_files.install(planned)
    system_files.remove(obsolete)
    slots.activate(paths, slot)
    report(f"units, rules and policy: {changed} of {len(planned)} updated")


def _enable_at_boot(slot: Path, paths: Paths, report: Callable[[str], None]) -> None:
    units = services.boot_units(slot / slots.UNITS)
    record = install_record.read(paths.record)
    screen_units = services.enabled_screen_units()
    target = record.default_target or services.default_target()
    disabled = tuple(dict.fromkeys((*record.disabled, *screen_units)))
    install_record.write(paths.record, replace(record, disabled=disabled, default_target=target))
    services.enable_at_boot(units, screen_units)
    report(f"enabled at boot: {' '.join(units)}")


def _start(slot: Path, paths: Paths, report: Callable[[str], None]) -> None:
    """Start the kiosk from a slot, or return to the previous slot if that fails."""
    if not services.is_running(paths):
        report("systemd isn't running here: the kiosk starts at the next boot")
        return
    services.reload()
    try:
        services.restart((SERVICE,))
    except InstallError as error:
        _undo_failed_start(slot, paths, error)
    others = [unit for unit in services.boot_units(slot / slots.UNITS) if unit != SERVICE]
    services.restart(others)
    report("the kiosk is running")


def _undo_failed_start(slot: Path, paths: Paths, error: InstallError) -> None:
    previous = slots.previous(paths)
    if previous is None:
        raise error
    activate_settings(settings_of(previous, paths), paths)
    system_files.install(system_files.plan(previous / slots.UNITS, paths))
    slots.activate(paths, previous)
    services.reload()
    services.restart((SERVICE,))
    raise InstallError(
        f"{slot}: the new software didn't start; the previous software is active again\n{error}"
    )


def _record_plan(
    paths: Paths,
    *,
    packages: tuple[str, ...] = (),
    files: tuple[system_files.SystemFile, ...] = (),
) -> None:
    """Add packages and files that are about to be installed to the record."""
    record = install_record.read(paths.record)
    file_names = tuple(str(file.path) for file in files)
    install_record.write(
        paths.record,
        replace(
            record,
            packages=tuple(dict.fromkeys((*record.packages, *packages))),
            files=tuple(dict.fromkeys((*record.files, *file_names))),
        ),
    )


def _has_wheels(folder: Path) -> bool:
    return any(folder.glob("printkiosk-*.whl"))
