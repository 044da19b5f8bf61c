"""Fixtures of the ingest's tests."""

from pathlib import Path

import pytest
from exported_collection import table_row, write_picture, write_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection of five prints, each with its own picture."""
    path = tmp_path / "prints"
    write_table(path, [table_row(number) for number in range(5)])
    for number in range(5):
        write_picture(path / "images" / f"{number:02}.png", number)
    return path
