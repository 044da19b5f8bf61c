"""What systemd is told; in a folder that isn't booted only what it needs at the next boot."""

from collections.abc import Iterable
from pathlib import Path

from installer.command import run, succeeds
from installer.places import Places

# A login on the screen's terminal, and desktops: what would stand between visitors and the page.
IN_THE_WAY = ("getty@tty1.service", "display-manager.service")
_BOOT_TO = "multi-user.target"


def is_running(places: Places) -> bool:
    """Whether systemd runs this system now, and not merely lies on its disk."""
    return (places.root / "run/systemd/system").is_dir()


def make_users_and_folders(places: Places) -> None:
    """Make the users and folders that the files placed ask for."""
    for tool, kind in (("systemd-sysusers", "sysusers.d"), ("systemd-tmpfiles", "tmpfiles.d")):
        configured = sorted((places.root / "usr/local/lib" / kind).glob("printkiosk*.conf"))
        run(tool, *(("--create",) if tool.endswith("tmpfiles") else ()), *configured)


def standing_in_the_way() -> tuple[str, ...]:
    """Give the units that are enabled and would take the screen."""
    return tuple(
        unit for unit in IN_THE_WAY if succeeds("systemctl", "is-enabled", "--quiet", unit)
    )


def default_target() -> str:
    """Give what the machine boots to."""
    return run("systemctl", "get-default").strip()


def boot_to_the_kiosk(units: Iterable[str], in_the_way: Iterable[str]) -> None:
    """Have the next boot start these units and neither a desktop nor a login on their screen."""
    for unit in in_the_way:
        run("systemctl", "disable", unit)
    if default_target() != _BOOT_TO:
        run("systemctl", "set-default", _BOOT_TO)
    run("systemctl", "enable", *units)


def boot_as_before(units: Iterable[str], disabled: Iterable[str], target: str) -> None:
    """Undo `boot_to_the_kiosk`."""
    for unit in units:
        succeeds("systemctl", "disable", unit)
    for unit in disabled:
        succeeds("systemctl", "enable", unit)
    if target and target != default_target():
        run("systemctl", "set-default", target)


def enabled_units(source: Path) -> tuple[str, ...]:
    """Give the units that are started by a boot: those with an [Install] section."""
    found = (path for kind in ("service", "timer", "path") for path in source.glob(f"*.{kind}"))
    return tuple(sorted(p.name for p in found if "\n[Install]\n" in p.read_text("utf-8")))


def reload() -> None:
    """Have systemd and udev read what was placed."""
    run("systemctl", "daemon-reload")
    succeeds("udevadm", "control", "--reload")


def restart(units: Iterable[str]) -> None:
    """Start these units anew; services come up one after the other, as their order says."""
    run("systemctl", "restart", *units)


def stop(units: Iterable[str]) -> None:
    """Stop these units, where they run."""
    for unit in units:
        succeeds("systemctl", "stop", unit)
