"""Small CSV files that grow by appended lines, which wears the card less than replacing.

On ext4 with 4 kB blocks, appending a line writes 20 kB, metadata blocks included. Replacing the file writes 88 kB. A line
counts only if its line break is there. A partial line, left by a power cut or a full disk, is skipped on reading. The next
write must then replace the whole file.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendLog:
    """The complete lines of a CSV file.

    Attributes:
        rows: The cells of each complete line.
        is_whole: Whether the file holds nothing else, so that lines can be appended.
    """

    rows: tuple[list[str], ...]
    is_whole: bool


def read(path: Path, limit_bytes: int) -> AppendLog:
    """Return the complete lines of a file.

    Raises:
        OSError: When the file can't be read.
        ValueError: When it is not CSV in UTF-8, or larger than `limit_bytes`.
    """
    with path.open("rb") as file:
        data = file.read(limit_bytes + 1)
    if len(data) > limit_bytes:
        raise ValueError(f"{path}: expected at most {limit_bytes} bytes, found more")
    whole = data[: data.rfind(b"\n") + 1]
    try:
        rows = tuple(csv.reader(io.StringIO(whole.decode("utf-8"), newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(f"{path}: {error}") from error
    return AppendLog(rows=rows, is_whole=len(whole) == len(data))


def to_csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV text, one line each."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
