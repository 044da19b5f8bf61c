"""Fetch the pictures that a table names by address, before its rows are read.

Known together, they are fetched several at a time, and each failure is one line a kind instead of one a record.
"""

from collections.abc import Callable, Iterable

from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.fetch.web_client import server_of
from converter.ingest.readers.source import is_address


def prefetch(
    names: Iterable[str], fetcher: Fetcher | None, progress: Callable[[int, int], None]
) -> tuple[str, ...]:
    """Fetch pictures into the cache, and return lines for staff about them.

    Args:
        names: The names of all pictures, of which some may be addresses.
        fetcher: Fetches the pictures; `None` to do nothing.
        progress: Called after each picture with those done and those in total.
    """
    if fetcher is None:
        return ()
    addresses = list(dict.fromkeys(filter(is_address, names)))
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
