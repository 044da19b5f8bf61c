"""Find the header among a sheet's first rows, by the names that museums give columns."""

from collections.abc import Sequence

from converter.ingest.columns import map_columns

ROWS_LOOKED_AT = 30
_FEWEST_KNOWN = 2  # a title line may hold one name of a column by chance


def known_names(names: Sequence[str]) -> int:
    """Return how many of our fields a row of column names is known to hold."""
    found, _ = map_columns(tuple(names), {}, needs_image=False)
    return len(found.names)


def is_known_header(names: Sequence[str]) -> bool:
    """Return whether a row is certainly a header of works."""
    return known_names(names) >= _FEWEST_KNOWN


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the index of the header: the row with most known names, else the first wide one.

    Args:
        rows: The first rows of a sheet.
    """
    known = [known_names(row) for row in rows]
    if known and max(known) >= _FEWEST_KNOWN:
        return known.index(max(known))
    widths = [sum(1 for cell in row if cell) for row in rows]
    widest = max(widths, default=0)
    if widest < 2:
        return None
    return next(index for index, width in enumerate(widths) if width >= max(2, widest / 2))
