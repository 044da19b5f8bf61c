"""Folders of small cases of an import.

The shared ones where they exist, else those that ship with the project.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

_ROOT = Path(__file__).parents[1]
SHARED = _ROOT.parent / "shared/cases"
SHIPPED = Path(__file__).parent / "cases"
# Names of pictures to draw, a line each: a shipped case needs some, and what they show doesn't matter.
_TO_DRAW = "pictures.txt"


def default_folder() -> Path:
    """Return the folder of cases to use if none is named."""
    return SHARED if SHARED.is_dir() else SHIPPED


@contextmanager
def copied(case: Path) -> Iterator[Path]:
    """Copy a case to a folder of its own, draw its pictures, and remove it afterwards."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / case.name
        shutil.copytree(case, folder, copy_function=shutil.copyfile)
        folder.chmod(0o755)
        names = folder / _TO_DRAW
        if names.exists():
            draw(folder, names.read_text("utf-8").splitlines())
            names.unlink()
        yield folder


def draw(folder: Path, names: list[str]) -> None:
    """Draw a small picture under each name, no two alike."""
    for number, name in enumerate(names):
        pixels = np.random.default_rng(number).integers(0, 256, (12, 8, 3), np.uint8)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / name)
