"""Find the records whose date is neither understood nor says that there is none."""

from collections.abc import Iterable

from converter.ingest.dates.parse import is_undated
from converter.ingest.item import Item


def has_unread_date(item: Item) -> bool:
    """Return whether a record has a date that no year is known for."""
    return bool(
        item.date_text
        and item.year_min is None
        and item.year_max is None
        and not is_undated(item.date_text)
    )


def unread_dates(items: Iterable[Item]) -> list[tuple[str, str]]:
    """Return the record id and date of each record whose date isn't understood."""
    return [(item.record_id, item.date_text or "") for item in items if has_unread_date(item)]
