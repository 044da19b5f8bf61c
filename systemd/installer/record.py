"""What the installer did on this machine, written before it is done: an installation that was cut off can be undone, too."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from installer.errors import InstallError


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What to undo.

    Attributes:
        packages: What apt brought, with all that they needed: nothing of it was here before.
        files: What was placed, in the order it was.
        disabled: Units that were enabled before and would stand in the way of the screen.
        default_target: What the machine booted to before; empty where it wasn't changed.
    """

    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    default_target: str = ""


def read(path: Path) -> Record:
    """Give what was recorded; an empty record where nothing was.

    Raises:
        InstallError: When the file can't be understood.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Record()
    except (OSError, ValueError) as error:
        raise InstallError(
            f"{path}: can't be read ({error}); remove it and install again"
        ) from error
    return Record(
        packages=tuple(data.get("packages", ())),
        files=tuple(data.get("files", ())),
        disabled=tuple(data.get("disabled", ())),
        default_target=data.get("default_target", ""),
    )


def write(path: Path, record: Record) -> None:
    """Keep the record, in one step; one that says nothing new isn't touched."""
    if path.is_file() and record == read(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(asdict(record), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
