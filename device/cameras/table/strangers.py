"""The shipped pictures of prints that are in no demo collection.

With them a replay also shows what isn't found. `strange_prints/SOURCES.md` names their sources.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent / "strange_prints"


def stranger_files() -> tuple[Path, ...]:
    """Return the picture files, sorted by name."""
    return tuple(sorted(_FOLDER.glob("*.jpg")))
