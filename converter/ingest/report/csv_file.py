"""Write a table as a CSV file that spreadsheet programs open as it is."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

# A spreadsheet program would run a cell that starts with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a header and rows of text, replacing an earlier file.

    It starts with a byte order mark, without which Excel reads UTF-8 as another encoding.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([_inert(cell) for cell in row] for row in rows)


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
