"""The installation, step by step. Each step looks first whether it is done: what was cut off is simply run again."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from installer import files, machine, packages, record, services, slots, wheels
from installer.command import run
from installer.errors import InstallError
from installer.places import Places
from installer.settings import kept_with, renamed, take_settings

SERVICE = "printkiosk.service"
_EARLY = ("sysusers.d", "tmpfiles.d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is installed from.

    Attributes:
        units: The folder with the units and this installer: `systemd/` of a checkout, or the stick's own folder.
        checkout: Where the software lies in source, to make wheels of; `None` on a stick.
        bundle: The first bundle; `None` leaves the store as it is.
    """

    units: Path
    checkout: Path | None
    bundle: Path | None


def install(source: Source, places: Places, tell: Callable[[str], None]) -> None:
    """Bring this machine to what the source says, from whatever state it is in.

    Raises:
        InstallError: When a step fails; the software that answered before goes on answering.
    """
    machine.check(places, is_first=slots.current(places) is None)
    tell(f"this machine: {machine.name()}")
    with packages.on_stick(source.units) as sources:
        _bring_packages(source, sources, places, tell)
    made = _wheels(source, places, tell)
    slot = _fill(made, source, places, tell)
    _users_and_settings(slot, places, tell)
    _first_bundle(slot, source, places, tell)
    settings = renamed(slot, places, tell)
    slots.prove(slot, settings)
    tell("the software knows the bundle's own prints")
    take_settings(settings, places)
    _change_over(slot, places, tell)
    _boot(slot, places, tell)
    _start(slot, places, tell)


def go_back(places: Places, tell: Callable[[str], None]) -> None:
    """Let the software before answer again.

    Raises:
        InstallError: When there is none, or it doesn't work with this kiosk's settings and bundle.
    """
    before = slots.previous(places)
    if before is None:
        raise InstallError(f"{places.home}: there is no software before this to go back to")
    settings = kept_with(before, places)
    slots.prove(before, settings)
    take_settings(settings, places)
    _change_over(before, places, tell)
    _start(before, places, tell)


def _bring_packages(
    source: Source, sources: Path | None, places: Places, tell: Callable[[str], None]
) -> None:
    is_building = not _has_wheels(source.units / wheels.FOLDER)
    if packages.missing(packages.wanted(is_building=is_building)):
        packages.refresh(sources)
        names = packages.missing(packages.wanted(is_building=is_building))
        before = packages.installed()
        _note(places, packages_to_be=names)
        packages.bring(names, sources)
        _note(places, packages_to_be=tuple(sorted(packages.installed() - before)))
        tell(f"packages: {len(names)} brought by apt: {' '.join(names)}")
    else:
        tell("packages: all there")


def _wheels(source: Source, places: Places, tell: Callable[[str], None]) -> Path:
    """Give the folder of wheels: the stick's, held against its sums, or one made here."""
    carried = source.units / wheels.FOLDER
    if _has_wheels(carried):
        wheels.check_sums(carried)
        tell(f"software: {len(list(carried.glob('*.whl')))} wheels from the stick, all whole")
        return carried
    if source.checkout is None:
        raise InstallError(
            f"{carried}: expected the software's wheels, found none; fill the stick again"
        )
    tell("software: downloading and building (a few minutes on a Pi)")
    wheels.make(source.checkout, places.wheels)
    return places.wheels


def _fill(made: Path, source: Source, places: Places, tell: Callable[[str], None]) -> Path:
    now = slots.current(places)
    if now is not None and slots.is_made_of(now, made, source.units):
        tell("software: this very one is installed")
        return now
    slot = slots.fill(places, made, source.units)
    tell(f"software: installed beside the one that answers, in {slot}")
    return slot


def _users_and_settings(slot: Path, places: Places, tell: Callable[[str], None]) -> None:
    planned = files.planned(slot / slots.UNITS, places)
    early = tuple(file for file in planned if file.path.parent.name in _EARLY)
    _note(places, files_to_be=planned)
    files.place(early)
    services.make_users_and_folders(places)
    settings = places.settings / "kiosk.toml"
    if settings.is_file():
        tell(f"settings: {settings} stays as it is")
        return
    shutil.copy(slot / slots.UNITS / "kiosk.toml.example", settings)
    tell(f"settings: {settings}, every one explained there")


def _first_bundle(slot: Path, source: Source, places: Places, tell: Callable[[str], None]) -> None:
    if (places.store / "current").exists():
        tell("bundle: the installed one stays")
        return
    if source.bundle is None:
        raise InstallError("bundle: expected one in the store or given with --bundle, found none")
    with _readable_copy(source.bundle, places) as copy:
        command = slot / "bin/printkiosk-device"
        settings = places.settings / "kiosk.toml"
        asked = (command, "bundle", "install", "--config", settings, copy)
        run(*slots.as_service_user(*asked), cwd=places.root)
    tell(f"bundle: {source.bundle} installed")


@contextmanager
def _readable_copy(bundle: Path, places: Places) -> Iterator[Path]:
    """Copy a bundle to where the kiosk's user can read it: a home folder may be closed to it."""
    with TemporaryDirectory(dir=places.root / "var/tmp") as folder:
        Path(folder).chmod(0o755)
        copy = Path(folder) / "bundle"
        shutil.copytree(bundle, copy)
        run("chmod", "-R", "a+rX", copy)
        yield copy


def _change_over(slot: Path, places: Places, tell: Callable[[str], None]) -> None:
    """Put a slot's units in place and let it answer from the next start on."""
    planned = files.planned(slot / slots.UNITS, places)
    known = record.read(places.record).files
    gone = tuple(Path(path) for path in known if Path(path) not in {file.path for file in planned})
    _note(places, files_to_be=planned)
    changed = files.place(planned)
    files.remove(gone)
    slots.switch(places, slot)
    tell(f"units, rules and policy: {changed} of {len(planned)} put in place")


def _boot(slot: Path, places: Places, tell: Callable[[str], None]) -> None:
    units = services.enabled_units(slot / slots.UNITS)
    now = record.read(places.record)
    in_the_way = services.standing_in_the_way()
    target = now.default_target or services.default_target()
    kept = tuple(dict.fromkeys((*now.disabled, *in_the_way)))
    record.write(places.record, replace(now, disabled=kept, default_target=target))
    services.boot_to_the_kiosk(units, in_the_way)
    tell(f"at each boot: {' '.join(units)}")


def _start(slot: Path, places: Places, tell: Callable[[str], None]) -> None:
    """Start what was installed; where it doesn't come up, the software before answers again."""
    if not services.is_running(places):
        tell("systemd doesn't run here: the kiosk starts at the next boot")
        return
    services.reload()
    try:
        services.restart((SERVICE,))
    except InstallError as error:
        _back_from(slot, places, error)
    others = [unit for unit in services.enabled_units(slot / slots.UNITS) if unit != SERVICE]
    services.restart(others)
    tell("the kiosk runs")


def _back_from(slot: Path, places: Places, error: InstallError) -> None:
    before = slots.previous(places)
    if before is None:
        raise error
    take_settings(kept_with(before, places), places)
    files.place(files.planned(before / slots.UNITS, places))
    slots.switch(places, before)
    services.reload()
    services.restart((SERVICE,))
    raise InstallError(
        f"{slot}: the new software didn't start; the one before answers again\n{error}"
    )


def _note(
    places: Places,
    *,
    packages_to_be: tuple[str, ...] = (),
    files_to_be: tuple[files.Placed, ...] = (),
) -> None:
    """Add to the record what is about to be brought or placed."""
    now = record.read(places.record)
    paths = tuple(str(file.path) for file in files_to_be)
    record.write(
        places.record,
        replace(
            now,
            packages=tuple(dict.fromkeys((*now.packages, *packages_to_be))),
            files=tuple(dict.fromkeys((*now.files, *paths))),
        ),
    )


def _has_wheels(folder: Path) -> bool:
    return any(folder.glob("printkiosk-*.whl"))
