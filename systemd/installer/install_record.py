"""A record of each change to this machine, so that an uninstall can revert it.

It is written before the change is made: an interrupted installation can be uninstalled, too.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from installer.errors import InstallError


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallRecord:
    """The changes that an installation has made to the machine, for an uninstall to revert.

    Attributes:
        packages: Debian packages that apt installed for the kiosk, with their dependencies; all were absent before.
        files: Installed files, in the order of their installation.
        disabled: Units disabled because they would have taken the screen.
        default_target: The boot target before the installation; empty while it is unchanged.
    """

    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    default_target: str = ""


def read(path: Path) -> InstallRecord:
    """Return the record in a file, or an empty record if there is no file.

    Raises:
        InstallError: When the file isn't readable or isn't valid JSON.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return InstallRecord()
    except (OSError, ValueError) as error:
        raise InstallError(
            f"{path}: can't be read ({error}); remove it and install again"
        ) from error
    return InstallRecord(
        packages=tuple(data.get("packages", ())),
        files=tuple(data.get("files", ())),
        disabled=tuple(data.get("disabled", ())),
        default_target=data.get("default_target", ""),
    )


def write(path: Path, record: InstallRecord) -> None:
    """Write the record atomically; leave the file alone if it already holds the same."""
    if path.is_file() and record == read(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(asdict(record), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
