"""Read an export once, and keep samples and repeated values of each column."""

from dataclasses import dataclass
from functools import cached_property

from converter.ingest.table import LIST_SEPARATOR, ExportTable, Row

# Rows whose cells are kept. All rows are read, as an id of two records may be far apart.
_MOST_ROWS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """What one column holds.

    Attributes:
        values: Its cells that are not empty, of the first rows.
        filled: Number of rows with such a cell, of all rows.
        repeated: A value that two rows have; empty if every row has its own.
    """

    name: str
    values: tuple[str, ...]
    filled: int
    repeated: str

    def samples(self, count: int = 3) -> list[str]:
        """Return its first different values."""
        return list(dict.fromkeys(self.values))[:count]

    def holding(self, sign: str) -> int:
        """Return how many of the kept cells hold a sign."""
        return sum(sign in value for value in self.values)


@dataclass(frozen=True, kw_only=True)
class ExportProfile:
    """What an export holds.

    Attributes:
        columns: By name, in the order of the header.
        count: Number of rows that are not blank and have no fault.
        rows: The cells of the first rows.
        places: Column to its index in a row.
    """

    columns: dict[str, ColumnProfile]
    count: int
    rows: tuple[tuple[str, ...], ...]
    places: dict[str, int]

    @cached_property
    def header(self) -> list[str]:
        """The columns' names that are not empty."""
        return list(self.columns)

    def is_id(self, column: str) -> bool:
        """Return whether every row has a value of its own in a column."""
        one = self.columns[column]
        return one.filled == self.count and not one.repeated


def profile(table: ExportTable) -> ExportProfile:
    """Return what an export holds.

    Raises:
        CollectionError: When the table can't be read to its end.
    """
    places = {name: at for at, name in reversed(list(enumerate(table.header))) if name}
    filled = dict.fromkeys(places, 0)
    repeated = dict.fromkeys(places, "")
    seen: dict[str, set[int]] = {name: set() for name in places}
    rows: list[tuple[str, ...]] = []
    count = 0
    for row in table.rows():
        if not _is_readable(row, len(table.header)):
            continue
        count += 1
        if len(rows) < _MOST_ROWS:
            rows.append(row.cells)
        for name, at in places.items():
            _count(name, row.cells[at], filled, repeated, seen)
    columns = {
        name: ColumnProfile(
            name=name,
            values=tuple(cells[places[name]] for cells in rows if cells[places[name]]),
            filled=filled[name],
            repeated=repeated[name],
        )
        for name in table.header
        if name
    }
    return ExportProfile(columns=columns, count=count, rows=tuple(rows), places=places)


def _is_readable(row: Row, width: int) -> bool:
    return not (row.is_blank or row.fault) and len(row.cells) >= width


def _count(
    name: str,
    cell: str,
    filled: dict[str, int],
    repeated: dict[str, str],
    seen: dict[str, set[int]],
) -> None:
    if not cell:
        return
    filled[name] += 1
    if repeated[name]:
        return
    if hash(cell) in seen[name]:
        repeated[name] = cell
        seen[name].clear()
    else:
        seen[name].add(hash(cell))


def one_line(value: str, most: int = 60) -> str:
    """Return a cell as one line for a comment, shortened."""
    plain = value.replace(LIST_SEPARATOR, " | ")
    plain = "".join(sign if sign.isprintable() else " " for sign in " ".join(plain.split()))
    return plain if len(plain) <= most else plain[: most - 1] + "…"
