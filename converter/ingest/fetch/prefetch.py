"""Fetch the pictures that a table names by address, before its rows are read.

Known together, they are fetched several at a time, and each failure is one line a kind instead of one a record.
"""

from collections.abc import Callable, Iterator

from converter.ingest.fetch.fetcher import Fetcher, is_address
from converter.ingest.fetch.web_client import server_of
from converter.ingest.table import LIST_SEPARATOR, ExportTable


def prefetch(
    table: ExportTable,
    position: int | None,
    fetcher: Fetcher | None,
    progress: Callable[[int, int], None],
) -> tuple[str, ...]:
    """Fetch pictures into the cache, and return lines for staff about them.

    Args:
        table: The export.
        position: Index of the column that names pictures; `None` without one.
        fetcher: Fetches the pictures; `None` to do nothing.
        progress: Called after each picture with those done and those in total.
    """
    if fetcher is None or position is None:
        return ()
    addresses = list(dict.fromkeys(_addresses(table, position)))
    if not addresses:
        return ()
    missing = sum(not fetcher.has_picture(address) for address in addresses)
    fetcher.fetch_all(addresses, progress)
    left = sum(not fetcher.has_picture(address) for address in addresses)
    servers = len({server_of(address) for address in addresses})
    return (
        f"{len(addresses)} pictures by address, of {servers} servers: {len(addresses) - missing} were in the "
        f"cache, {missing - left} were fetched, {left} are missing",
        *fetcher.notes(),
    )


def _addresses(table: ExportTable, position: int) -> Iterator[str]:
    for row in table.rows():
        if position < len(row.cells):
            for name in row.cells[position].split(LIST_SEPARATOR):
                if is_address(name):
                    yield name
