"""Report a collection's columns, dates, facets, warnings and refusals before a build."""

import json
from collections import Counter
from collections.abc import Iterator

from converter.ingest.build_checks import (
    MAX_REFUSED_SHARE,
    reasons_to_stop,
    undecided_statements,
)
from converter.ingest.collection import Collection, Item
from converter.ingest.report import refusal_groups
from converter.ingest.report.unread_dates import unread_dates
from converter.ingest.rights import RightsReason, RightsRules
from converter.ingest.text_changes import visible
from device.bundle.filters import FACETS

_LISTED = 5  # values listed a facet, and dates that aren't understood
_EXAMPLES = 3
_SHORT = 60  # characters of a text that was changed


def summary(collection: Collection) -> str:
    """Return a collection's report as lines of text, ending in a newline."""
    return "\n".join(_lines(collection)) + "\n"


def _lines(collection: Collection) -> Iterator[str]:
    kept, refused = len(collection.items), len(collection.refusals)
    without = len(collection.findings.without_picture)
    missing = f", {without} without a picture" if without else ""
    yield f"{collection.name}: {kept} records kept, {refused} refused{missing}, of {kept + refused + without}"
    yield from _hidden(collection)
    reasons = reasons_to_stop(collection, MAX_REFUSED_SHARE)
    if reasons:
        yield ""
        yield "build would stop:"
        yield from (f"  {reason}" for reason in reasons)
    yield ""
    yield "columns used:"
    for field, column in collection.columns.items():
        language = collection.languages.get(field)
        yield f"  {field:17} <- {column}{f' ({language})' if language else ''}"
    if collection.unused:
        yield f"  not used: {', '.join(collection.unused)}"
    yield ""
    yield from _years(collection)
    yield from _texts(collection)
    yield from _several_pictures(collection)
    yield from _facets(collection)
    yield from _problems(collection)


def _hidden(collection: Collection) -> Iterator[str]:
    rules = collection.findings.rights
    hidden = sum(not item.show_picture for item in collection.items)
    yield f"pictures hidden: {hidden} of {len(collection.items)}; a record without its picture is still found and its text shown"
    statements = undecided_statements(collection)
    if statements:
        first = [text for text, _ in statements.most_common(_LISTED)]
        yield f"  {statements.total()} because their rights statements say that they are in copyright: {_counted(statements)}"
        yield f"    to show them, add to collection.toml: [rights] show_pictures = {json.dumps(first, ensure_ascii=False)}"
    listed = Counter(
        item.rights or "" for item in collection.items if _is_hidden_by_list(rules, item.rights)
    )
    if listed:
        yield f"  {listed.total()} because collection.toml lists them under [rights] hide_pictures: {_counted(listed)}"
        yield "    to show them, remove their texts from this list"


def _is_hidden_by_list(rules: RightsRules, statement: str | None) -> bool:
    return rules.decide(statement).reason is RightsReason.HIDE_LIST


def _counted(texts: Counter[str]) -> str:
    more = ", ..." if len(texts) > _LISTED else ""
    return ", ".join(f"{text!r} ({count})" for text, count in texts.most_common(_LISTED)) + more


def _texts(collection: Collection) -> Iterator[str]:
    changes = collection.findings.text_changes
    if changes.total:
        yield f"texts: {changes.total} cells with something to clean"
    for fault, count in sorted(changes.counts.items(), key=lambda pair: -pair[1]):
        yield f"  {count:6} {fault.value}"
        examples = [change for change in changes.listed if fault in change.faults][:_EXAMPLES]
        for change in examples:
            before, after = (visible(text[:_SHORT]) for text in (change.before, change.after))
            yield f"         {change.place}, {change.column}: {before} -> {after}"


def _years(collection: Collection) -> Iterator[str]:
    items = collection.items
    dated = [item for item in items if _is_dated(item)]
    unread = Counter(date for _, date in unread_dates(items))
    undated = len(items) - len(dated) - unread.total()
    years = [year for item in dated for year in (item.year_min, item.year_max) if year is not None]
    span = f" ({min(years)} to {max(years)})" if years else ""
    yield f"years: {len(dated)} known{span}, {undated} without a date, {unread.total()} with a date that isn't understood"
    for text, count in sorted(unread.items(), key=lambda pair: (-pair[1], pair[0]))[:_LISTED]:
        yield f"  not understood: {text!r} ({count})"


def _is_dated(item: Item) -> bool:
    return item.year_min is not None or item.year_max is not None


def _several_pictures(collection: Collection) -> Iterator[str]:
    counts = [len(item.more_images) for item in collection.items if item.more_images]
    if counts:
        yield f"pictures: {len(counts)} records have several, {sum(counts)} more than one each"


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
            "without a picture, so not in the bundle",
            list(refusal_groups.lines(collection.findings.without_picture)),
        ),
        ("refused", list(refusal_groups.lines(collection.refusals))),
    ):
        if lines:
            yield ""
            yield f"{title}:"
            yield from (f"  {line}" for line in lines)
