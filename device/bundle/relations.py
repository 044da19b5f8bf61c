"""Which records belong together: a relation counts both ways."""

from collections.abc import Sequence

from device.bundle.records import Record


def relatives(records: Sequence[Record]) -> dict[int, frozenset[int]]:
    """Give, for every record's row, the rows that a relation of the museum's leads to or comes from."""
    item_of = {record.record_id: record.item for record in records}
    found: dict[int, set[int]] = {record.item: set() for record in records}
    for record in records:
        for relation in record.relations:
            other = item_of.get(relation.record_id or "")
            if other is not None:
                found[record.item].add(other)
                found[other].add(record.item)
    return {item: frozenset(others) for item, others in found.items()}
