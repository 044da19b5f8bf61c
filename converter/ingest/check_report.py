"""Report a collection's columns, dates, facets, warnings and refusals before a build."""

from collections import Counter
from collections.abc import Iterator

from converter.ingest.collection import Collection, Item
from device.bundle.filters import FACETS

_LISTED = 5  # values listed a facet, and dates that aren't understood


def summary(collection: Collection) -> str:
    """Return a collection's report as lines of text, ending in a newline."""
    return "\n".join(_lines(collection)) + "\n"


def _lines(collection: Collection) -> Iterator[str]:
    kept, refused = len(collection.items), len(collection.refusals)
    yield f"{collection.name}: {kept} records kept, {refused} refused, of {kept + refused}"
    yield ""
    yield "columns used:"
    for field, column in collection.columns.items():
        language = collection.languages.get(field)
        yield f"  {field:17} <- {column}{f' ({language})' if language else ''}"
    if collection.unused:
        yield f"  not used: {', '.join(collection.unused)}"
    yield ""
    yield from _years(collection)
    hidden = sum(not item.show_picture for item in collection.items)
    if hidden:
        yield f"pictures: {hidden} may not be shown; their records are found and shown without a picture"
    yield from _facets(collection)
    yield from _problems(collection)


def _years(collection: Collection) -> Iterator[str]:
    items = collection.items
    dated = [item for item in items if _is_dated(item)]
    undated = sum(item.date_text is None for item in items)
    years = [year for item in dated for year in (item.year_min, item.year_max) if year is not None]
    span = f" ({min(years)} to {max(years)})" if years else ""
    not_understood = len(items) - len(dated) - undated
    yield f"years: {len(dated)} known{span}, {undated} without a date, {not_understood} with a date that isn't understood"
    texts = Counter(item.date_text for item in items if item.date_text and not _is_dated(item))
    for text, count in sorted(texts.items(), key=lambda pair: (-pair[1], str(pair[0])))[:_LISTED]:
        yield f"  not understood: {text!r} ({count})"


def _is_dated(item: Item) -> bool:
    return item.year_min is not None or item.year_max is not None


def _facets(collection: Collection) -> Iterator[str]:
    for facet in FACETS:
        counts = Counter(value for item in collection.items for value in item.terms[facet])
        without = sum(not item.terms[facet] for item in collection.items)
        yield f"{facet}: {len(counts)} values, {without} records without"
        for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_LISTED]:
            yield f"  {count:6} {value}"


def _problems(collection: Collection) -> Iterator[str]:
    for title, lines in (
        ("look at", list(collection.warnings)),
        (
            "refused",
            [
                f"{one.record_id or '(no id)'} [{one.image or 'no picture'}]: {one.reason}"
                for one in collection.refusals
            ],
        ),
    ):
        if lines:
            yield ""
            yield f"{title}:"
            yield from (f"  {line}" for line in lines)
