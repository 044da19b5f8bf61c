"""Find what stops a build of a collection, before anything is computed."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from converter.ingest.collection import Collection
from converter.ingest.findings import how_to_decide
from converter.ingest.report import refusal_groups

MAX_REFUSED_SHARE = 0.02
_EXAMPLES = 3


def reasons_to_stop(collection: Collection, max_refused_share: float) -> tuple[str, ...]:
    """Return why a build of this collection stops, one line a reason; nothing if it doesn't.

    Args:
        collection: The collection as it was read.
        max_refused_share: Share of the records that may be refused, 0..1. Records without a picture don't count.
    """
    return (
        *_refused(collection, max_refused_share),
        *_undecided_columns(collection),
        *_undecided_pictures(collection),
    )


def undecided_statements(collection: Collection) -> Counter[str]:
    """Return statements that hide pictures without the museum's decision, with counts."""
    rules = collection.findings.rights
    return Counter(
        item.rights
        for item in collection.items
        if item.rights and rules.decide(item.rights).is_undecided
    )


def _refused(collection: Collection, max_refused_share: float) -> Iterator[str]:
    kept, refused = len(collection.items), len(collection.refusals)
    without = len(collection.findings.without_picture)
    if not kept:
        yield (
            f"{collection.path}: expected prints, found none ({refused} refused, {without} without a picture); see "
            "their reasons with printkiosk-convert check"
        )
    elif refused > max_refused_share * (kept + refused):
        groups = refusal_groups.group(collection.refusals)
        found = "; ".join(f"{len(one.refusals)} × {one.reason}" for one in groups[:_EXAMPLES])
        named = (one.record_id or refusal_groups.place(one) for one in collection.refusals)
        first = ", ".join(islice(named, _EXAMPLES))
        yield (
            f"{collection.path}: expected at most {max_refused_share:.1%} of {kept + refused} records refused, found "
            f"{refused} ({found}; the first are {first}); fix them, or allow more with --max-refused"
        )


def _undecided_columns(collection: Collection) -> Iterator[str]:
    for column in collection.findings.rights_columns:
        if column.in_copyright:
            examples = ", ".join(map(repr, column.examples))
            yield (
                f"{collection.path}: column {column.name!r}: expected the museum's decision on rights, found "
                f"{column.in_copyright} records in copyright ({examples}); {how_to_decide(column.name)}"
            )


def _undecided_pictures(collection: Collection) -> Iterator[str]:
    statements = undecided_statements(collection)
    if statements.total() * 2 > len(collection.items):
        examples = ", ".join(
            f"{text!r} {count}" for text, count in statements.most_common(_EXAMPLES)
        )
        yield (
            f"{collection.path}: expected the museum's decision before more than half of the pictures are hidden, found "
            f"{statements.total()} of {len(collection.items)} in copyright ({examples}); list these texts in "
            "collection.toml under [rights] show_pictures or hide_pictures"
        )
