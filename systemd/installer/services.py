"""Control systemd's units, users and folders.

A system that isn't booted gets only the changes for its next boot.
"""

from collections.abc import Iterable
from pathlib import Path

from installer.paths import Paths
from installer.run_command import run, succeeds

# A login on the screen's terminal, and desktops: each would cover the kiosk's page.
_SCREEN_UNITS = ("getty@tty1.service", "display-manager.service")
_BOOT_TARGET = "multi-user.target"


def is_running(paths: Paths) -> bool:
    """Return whether systemd runs this system now."""
    return (paths.root / "run/systemd/system").is_dir()


def create_users_and_folders(paths: Paths) -> None:
    """Create the users and folders defined by the installed configuration files."""
    for tool, kind in (("systemd-sysusers", "sysusers.d"), ("systemd-tmpfiles", "tmpfiles.d")):
        configured = sorted((paths.root / "usr/local/lib" / kind).glob("printkiosk*.conf"))
        run(tool, *(("--create",) if tool.endswith("tmpfiles") else ()), *configured)


def enabled_screen_units() -> tuple[str, ...]:
    """Return the enabled units that would take the kiosk's screen."""
    return tuple(
        unit for unit in _SCREEN_UNITS if succeeds("systemctl", "is-enabled", "--quiet", unit)
    )


def default_target() -> str:
    """Return the systemd target that the machine boots to, such as `graphical.target`."""
    return run("systemctl", "get-default").strip()


def enable_at_boot(units: Iterable[str], screen_units: Iterable[str]) -> None:
    """Enable the kiosk's units at boot, and disable a desktop or a login on their screen.

    Args:
        units: The units to enable.
        screen_units: The units to disable.
    """
    for unit in screen_units:
        run("systemctl", "disable", unit)
    if default_target() != _BOOT_TARGET:
        run("systemctl", "set-default", _BOOT_TARGET)
    run("systemctl", "enable", *units)


def restore_boot(units: Iterable[str], disabled: Iterable[str], target: str) -> None:
    """Restore the machine's former boot, reverting `enable_at_boot`.

    Args:
        units: The kiosk's units, to disable.
        disabled: The units that the installation disabled, to enable.
        target: The former boot target; empty if it wasn't changed.
    """
    for unit in units:
        succeeds("systemctl", "disable", unit)
    for unit in disabled:
        succeeds("systemctl", "enable", unit)
    if target and target != default_target():
        run("systemctl", "set-default", target)


def boot_units(source: Path) -> tuple[str, ...]:
    """Return the names of units that start at boot: those with an [Install] section."""
    found = (path for kind in ("service", "timer", "path") for path in source.glob(f"*.{kind}"))
    return tuple(sorted(p.name for p in found if "\n[Install]\n" in p.read_text("utf-8")))


def reload() -> None:
    """Reload the installed units and device rules."""
    run("systemctl", "daemon-reload")
    succeeds("udevadm", "control", "--reload")


def restart(units: Iterable[str]) -> None:
    """Restart units and wait until they are ready, in the order that they define."""
    run("systemctl", "restart", *units)


def stop(units: Iterable[str]) -> None:
    """Stop units that are running."""
    for unit in units:
        succeeds("systemctl", "stop", unit)
