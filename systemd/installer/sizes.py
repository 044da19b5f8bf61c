"""How much room the kiosk takes: what pip put into its environment, and apt's share beside it."""

import json
from collections.abc import Iterator
from pathlib import Path

from installer import packages, record, slots
from installer.command import run
from installer.errors import InstallError
from installer.places import Places

# Runs on the slot's own Python, which alone knows what belongs to whom; the system's packages aren't the slot's.
_ASK = """
import importlib.metadata, json, pathlib, sys
sizes = {}
for found in importlib.metadata.distributions(path=[p for p in sys.path if p.startswith(sys.prefix)]):
    files = (pathlib.Path(f.locate()) for f in found.files or ())
    sizes[f"{found.name} {found.version}"] = sum(f.stat().st_size for f in files if f.is_file())
print(json.dumps(sizes))
"""


def lines(places: Places) -> Iterator[str]:
    """Give a table of what takes room, largest first, with its sums.

    Raises:
        InstallError: When nothing is installed.
    """
    slot = slots.current(places)
    if slot is None:
        raise InstallError(f"{places.home}: nothing is installed here")
    sizes: dict[str, int] = json.loads(run(slot / "bin/python", "-c", _ASK))
    yield from (_line(name, size) for name, size in sorted(sizes.items(), key=lambda s: -s[1]))
    yield _line("what pip put into the environment", sum(sizes.values()))
    yield _line("the environment's folder, all told", _size(slot))
    brought = [n for n in record.read(places.record).packages if n in packages.installed()]
    if brought:
        yield _line(
            f"what apt brought beside it ({len(brought)} packages)", packages.size_bytes(brought)
        )


def _line(name: str, size: int) -> str:
    return f"{size / 1e6:8.1f} MB  {name}"


def _size(folder: Path) -> int:
    found = (path.lstat() for path in folder.rglob("*"))
    return sum(status.st_size for status in found)
