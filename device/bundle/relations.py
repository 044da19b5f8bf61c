"""Which records are related: a relation counts in both directions."""

from collections.abc import Sequence

from device.bundle.records import Record


def related_items(records: Sequence[Record]) -> dict[int, frozenset[int]]:
    """Return, for every item, the items related to it in either direction."""
    item_of = {record.record_id: record.item for record in records}
    found: dict[int, set[int]] = {record.item: set() for record in records}
    for record in records:
        for relation in record.relations:
            other = item_of.get(relation.record_id or "")
            if other is not None:
                found[record.item].add(other)
                found[other].add(record.item)
    return {item: frozenset(others) for item, others in found.items()}
