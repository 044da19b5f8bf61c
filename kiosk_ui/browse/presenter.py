"""Turns the collection's records into browsing pages: plain values for the templates.

Pure: no I/O, no clock, no Flask.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from device.service import FilterOptions, Filters, Order, Page, RelatedWorks, alphabetical
from kiosk_ui.labels import Label

# Facets that have a list of their values; periods have one as well.
LISTED = ("maker", "technique")
# Entries on a page of a list.
PAGE_ENTRIES = 60
_PERIOD_YEARS = (1, 5, 10, 25, 50, 100, 250, 500, 1000)
_MAX_PERIODS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """A link to a page of prints: its words, the number of prints, its address."""

    words: str
    count: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowsePage:
    """One page of a list of prints, as the template shows it.

    Attributes:
        chosen: The filters' values, in the museum's words; empty for the whole collection.
        query: The filters, as the query of an address, without `?`.
        before, after: Addresses of the pages before and after; `None` at either end.
        order: The order of the prints.
        next_order: Address of the same prints in the next order.
        undated: Number of undated prints that pass the other filters, if years are filtered; else 0.
        undated_address: Address of the same prints without the undated ones, or with them again.
    """

    labels: tuple[Label, ...]
    number: int
    pages: int
    total: int
    chosen: tuple[str, ...]
    query: str
    before: str | None
    after: str | None
    order: Order
    next_order: str
    undated: int
    with_undated: bool
    undated_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of the list of makers, techniques or periods.

    Attributes:
        language: BCP 47 tag of its words; `None` if the museum doesn't state it.
        number, pages, before, after: As in `BrowsePage`.
    """

    name: str
    entries: tuple[ListEntry, ...]
    language: str | None
    number: int
    pages: int
    before: str | None
    after: str | None


def browse_page(
    page: Page,
    filters: Filters,
    order: Order,
    labels: Sequence[Label],
    undated: int,
) -> BrowsePage:
    """Return the template's values for one page of a list of prints.

    Args:
        page: The page's records, its number and the totals.
        filters: The filters that the prints pass.
        order: The order of the prints.
        labels: The labels of the page's records.
        undated: Number of undated prints that pass the filters in addition to the dated ones.
    """

    def address(number: int, by: Order = order, of: Filters = filters) -> str:
        return _address(of, order=by.value, page=number)

    orders = list(Order)
    other = replace(filters, undated=not filters.undated)
    return BrowsePage(
        labels=tuple(labels),
        number=page.number,
        pages=page.pages,
        total=page.total,
        chosen=_chosen(filters),
        query=query_of(filters),
        before=address(page.number - 1) if page.number > 1 else None,
        after=address(page.number + 1) if page.number < page.pages else None,
        order=order,
        next_order=address(1, orders[(orders.index(order) + 1) % len(orders)]),
        undated=undated if filters.has_years else 0,
        with_undated=filters.undated,
        undated_address=address(1, of=other),
    )


def facet_entries(name: str, options: FilterOptions) -> list[ListEntry]:
    """Return a list entry for each value of a facet, in alphabetical order."""
    counts = {option.value: option.count for option in options.facets[name]}
    return [
        ListEntry(
            words=value, count=counts[value], address=_address(Filters(terms={name: (value,)}))
        )
        for value in alphabetical(counts)
    ]


def list_page(
    name: str, entries: Sequence[ListEntry], number: int, language: str | None
) -> ListPage:
    """Return one page of a list's entries; the last page if `number` is beyond the last."""
    pages = max(1, -(-len(entries) // PAGE_ENTRIES))
    number = min(number, pages)
    return ListPage(
        name=name,
        entries=tuple(entries[(number - 1) * PAGE_ENTRIES : number * PAGE_ENTRIES]),
        language=language,
        number=number,
        pages=pages,
        before=f"/browse/by/{name}?page={number - 1}" if number > 1 else None,
        after=f"/browse/by/{name}?page={number + 1}" if number < pages else None,
    )


def periods(options: FilterOptions) -> tuple[tuple[int, int], ...]:
    """Return at most 24 periods of equal length that cover the collection's years."""
    if options.year_min is None or options.year_max is None:
        return ()
    low, high = options.year_min, options.year_max
    length = next((s for s in _PERIOD_YEARS if high // s - low // s < _MAX_PERIODS), 10_000)
    starts = range(low // length * length, high + 1, length)
    return tuple((start, start + length - 1) for start in starts)


def period_entries(counted: Sequence[tuple[tuple[int, int], int]]) -> list[ListEntry]:
    """Return a list entry for each period that has dated prints.

    Args:
        counted: First and last year of each period, and its number of dated prints.
    """
    return [
        ListEntry(
            words=f"{start}–{end}" if start < end else str(start),
            count=count,
            address=_address(Filters(year_from=start, year_to=end), order=Order.DATE.value),
        )
        for (start, end), count in counted
        if count
    ]


def whole_entries(related: RelatedWorks) -> dict[str, ListEntry]:
    """Return list entries by name: one for each whole that a record shares with others.

    A whole is, for example, a book or a series.
    """
    return {
        target: ListEntry(words=target, count=count, address=_address(Filters(whole=target)))
        for target, count in related.shared_targets.items()
        if count > 1
    }


def query_of(filters: Filters) -> str:
    """Return filters as a query such as `technique=etching&undated=0`; empty without filters."""
    pairs = [(facet, value) for facet, values in filters.terms.items() for value in values]
    for name in ("year_from", "year_to"):
        year = getattr(filters, name)
        if year is not None:
            pairs.append((name, str(year)))
    if not filters.undated:
        pairs.append(("undated", "0"))
    for name in ("words", "whole"):
        if getattr(filters, name):
            pairs.append((name, getattr(filters, name)))
    return urlencode(pairs)


def _address(filters: Filters, **more: object) -> str:
    parts = [query_of(filters), urlencode(more)]
    return "/browse?" + "&".join(part for part in parts if part)


def _chosen(filters: Filters) -> tuple[str, ...]:
    values = [value for chosen in filters.terms.values() for value in chosen]
    if filters.has_years:
        low, high = filters.year_from, filters.year_to
        values.append(f"{'' if low is None else low}–{'' if high is None else high}")
    return tuple(filter(None, [filters.whole, *values, filters.words]))
