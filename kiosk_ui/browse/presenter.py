"""From the collection to the pages it is walked through by: plain values, as the presenter gives them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from device.service import FilterOptions, Filters, Order, Page, RelatedWorks, in_order
from kiosk_ui.presenter import Label

# What there are lists of, besides years; each is a facet.
LISTED = ("maker", "technique")
# So many of them on a page.
LIST = 60
_STEPS = (1, 5, 10, 25, 50, 100, 250, 500, 1000)
_MOST_PERIODS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """Words that lead to a page of prints, and how many are there."""

    words: str
    count: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowsePage:
    """One page of prints.

    Attributes:
        chosen: What it is narrowed to, in the museum's words; empty for the whole collection.
        query: The filters, as the query of an address, without `?`.
        before, after: Addresses of the pages before and after; `None` at either end.
        order: How they are put in order.
        next_order: Leads to the same in the next order there is.
        undated: How many of the prints say nothing of a year, where years are asked for; else 0.
        undated_address: Leads to the same without them, or with them again.
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
    """A list of makers, techniques or periods, in order, a page of it.

    Attributes:
        language: BCP 47 tag of its words, where the museum says it.
        number, pages, before, after: As a `BrowsePage`'s.
    """

    name: str
    doors: tuple[ListEntry, ...]
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
    """Give one page of prints.

    Args:
        page: What is on it.
        filters: What it is narrowed to.
        order: How it is put in order.
        labels: Its records' labels.
        undated: How many undated prints pass the filters beside the dated ones.
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


def values(name: str, options: FilterOptions) -> list[ListEntry]:
    """Give the doors to a facet's values in alphabetical order."""
    counts = {option.value: option.count for option in options.facets[name]}
    return [
        ListEntry(
            words=value, count=counts[value], address=_address(Filters(terms={name: (value,)}))
        )
        for value in in_order(counts)
    ]


def list_page(name: str, doors: Sequence[ListEntry], number: int, language: str | None) -> ListPage:
    """Give a page of a list; the last one where there are fewer."""
    pages = max(1, -(-len(doors) // LIST))
    number = min(number, pages)
    return ListPage(
        name=name,
        doors=tuple(doors[(number - 1) * LIST : number * LIST]),
        language=language,
        number=number,
        pages=pages,
        before=f"/browse/by/{name}?page={number - 1}" if number > 1 else None,
        after=f"/browse/by/{name}?page={number + 1}" if number < pages else None,
    )


def periods(options: FilterOptions) -> tuple[tuple[int, int], ...]:
    """Give the periods a collection's years fall into, of one length, at most 24."""
    if options.year_min is None or options.year_max is None:
        return ()
    low, high = options.year_min, options.year_max
    step = next((s for s in _STEPS if high // s - low // s < _MOST_PERIODS), 10_000)
    starts = range(low // step * step, high + 1, step)
    return tuple((start, start + step - 1) for start in starts)


def spans(counted: Sequence[tuple[tuple[int, int], int]]) -> list[ListEntry]:
    """Give the doors to periods, each with the number of its dated prints; those that have none are left out."""
    return [
        ListEntry(
            words=f"{start}–{end}" if start < end else str(start),
            count=count,
            address=_address(Filters(year_from=start, year_to=end), order=Order.DATE.value),
        )
        for (start, end), count in counted
        if count
    ]


def wholes(family: RelatedWorks) -> dict[str, ListEntry]:
    """Give, for each thing that a record shares with others (a book, a series), the door to all of them."""
    return {
        target: ListEntry(words=target, count=count, address=_address(Filters(whole=target)))
        for target, count in family.wholes.items()
        if count > 1
    }


def query_of(filters: Filters) -> str:
    """Give filters as the query of an address, such as `technique=etching&undated=0`; empty for none."""
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
