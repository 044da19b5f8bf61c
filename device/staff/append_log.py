"""Small tables that grow by lines, added at the end: replacing a file costs a card four times as much.

On ext4 with blocks of 4 kB a line that is added is 20 kB written, the file system's own blocks among them; a file put in
another's place is 88 kB. A line counts once its end is there: what the power or a full disk left of one is passed over,
and then the whole file is to be written.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendLog:
    """What a file holds.

    Attributes:
        rows: The cells of its whole lines.
        is_whole: Whether nothing else is in it, so that lines may be added.
    """

    rows: tuple[list[str], ...]
    is_whole: bool


def read(path: Path, limit_bytes: int) -> AppendLog:
    """Give a file's lines.

    Raises:
        OSError: As the system gives it.
        ValueError: When they are no table, or too many.
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


def written(rows: Iterable[Iterable[object]]) -> str:
    """Give rows as such a file has them, a line each."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
