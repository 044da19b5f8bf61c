"""Made-up exports of the kinds that museums publish."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from exported_collection import write_picture, write_table

Export = Callable[..., Path]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Return a function that writes an export: header, rows, names of picture files."""

    def write(header: str, rows: Sequence[str], pictures: Sequence[str]) -> Path:
        folder = tmp_path / "prints"
        write_table(folder, [row.split(",") for row in rows], header.split(","))
        for number, name in enumerate(pictures):
            write_picture(folder / name, number)
        return folder

    return write
