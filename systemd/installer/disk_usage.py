"""The disk space of the kiosk: the software's environment and its Debian packages."""

import json
from collections.abc import Iterator
from pathlib import Path

from installer import apt_packages, install_record, slots
from installer.errors import InstallError
from installer.paths import Paths
from installer.run_command import run

# Runs on the slot's own Python, which alone knows the files of each distribution.
# Distributions outside the slot, such as Debian's, are left out.
_DISTRIBUTION_SIZES = """
import importlib.metadata, json, pathlib, sys
sizes = {}
for found in importlib.metadata.distributions(path=[p for p in sys.path if p.startswith(sys.prefix)]):
    files = (pathlib.Path(f.locate()) for f in found.files or ())
    sizes[f"{found.name} {found.version}"] = sum(f.stat().st_size for f in files if f.is_file())
print(json.dumps(sizes))
"""


def report_lines(paths: Paths) -> Iterator[str]:
    """Yield a table of sizes in megabytes, largest first, followed by the totals.

    Raises:
        InstallError: When nothing is installed.
    """
    slot = slots.current(paths)
    if slot is None:
        raise InstallError(f"{paths.home}: nothing is installed here")
    sizes: dict[str, int] = json.loads(run(slot / "bin/python", "-c", _DISTRIBUTION_SIZES))
    yield from (_line(name, size) for name, size in sorted(sizes.items(), key=lambda s: -s[1]))
    yield _line("total installed by pip", sum(sizes.values()))
    yield _line("total of the environment's folder", _size_bytes(slot))
    recorded = install_record.read(paths.record).packages
    added = [name for name in recorded if name in apt_packages.installed()]
    if added:
        yield _line(
            f"total installed by apt ({len(added)} packages)",
            apt_packages.installed_size_bytes(added),
        )


def _line(name: str, size_bytes: int) -> str:
    return f"{size_bytes / 1e6:8.1f} MB  {name}"


def _size_bytes(folder: Path) -> int:
    found = (path.lstat() for path in folder.rglob("*"))
    return sum(status.st_size for status in found)
