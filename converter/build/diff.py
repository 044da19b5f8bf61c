"""Compare two bundles: their records, and the manifest's model, index and thresholds.

Compares contents, not bytes: an index that was rebuilt from the same prints is no change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from device.bundle.manifest import Manifest
from device.bundle.reader import OpenedBundle
from device.bundle.records import Record

_LISTED = 20
# The item number only tells where the fingerprint lies, so a new one is no change of the record.
_FIELDS = tuple(field.name for field in fields(Record) if field.name not in ("item", "relations"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """A record that differs between both bundles; field `image` stands for its picture files."""

    record_id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A changed value of the manifest, such as `model.variant`, with its old and new text."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All changes from an old bundle to a new one.

    Attributes:
        added, removed: Record ids, sorted.
        altered: Sorted by record id.
        changes: Changes of name, languages, model, index and thresholds, in the manifest's order.
        kept: Number of records that are the same in both.
    """

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[Alteration, ...]
    changes: tuple[Change, ...]
    kept: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.removed or self.altered or self.changes)


def compare(old: OpenedBundle, new: OpenedBundle) -> Difference:
    """Return the changes from one open bundle to another.

    Raises:
        BundleDamagedError: When a records file can't be read to its end.
    """
    before, after = old.records.picture_hashes(), new.records.picture_hashes()
    both = sorted(before.keys() & after.keys())
    altered = tuple(
        Alteration(record_id=record_id, fields=found)
        for record_id in both
        if (found := _altered(old, new, record_id, before[record_id] != after[record_id]))
    )
    return Difference(
        old=old.manifest.title,
        new=new.manifest.title,
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        altered=altered,
        changes=tuple(_changes(old.manifest, new.manifest)),
        kept=len(both) - len(altered),
    )


def describe(difference: Difference) -> str:
    """Return a difference as text with a final newline; long lists are cut, the rest counted."""
    return "\n".join(_lines(difference)) + "\n"


def _lines(difference: Difference) -> Iterator[str]:
    yield f"from {difference.old} to {difference.new}"
    if difference.is_empty:
        yield f"no change in {difference.kept} records, model, index and thresholds"
        return
    yield (
        f"records: {len(difference.added)} added, {len(difference.removed)} removed, "
        f"{len(difference.altered)} altered, {difference.kept} the same"
    )
    yield from _cut([f"  + {record_id}" for record_id in difference.added])
    yield from _cut([f"  - {record_id}" for record_id in difference.removed])
    yield from _cut([f"  ~ {one.record_id}: {', '.join(one.fields)}" for one in difference.altered])
    for change in difference.changes:
        yield f"{change.name}: {change.old} -> {change.new}"


def _cut(lines: list[str]) -> list[str]:
    left = len(lines) - _LISTED
    return lines if left <= 0 else [*lines[:_LISTED], f"  {lines[0].split()[0]} and {left} more"]


def _altered(
    old: OpenedBundle, new: OpenedBundle, record_id: str, has_new_image: bool
) -> tuple[str, ...]:
    before, after = old.records.get(record_id), new.records.get(record_id)
    found = [name for name in _FIELDS if getattr(before, name) != getattr(after, name)]
    if _related(before) != _related(after):
        found.append("relations")
    return (*found, "image") if has_new_image else tuple(found)


def _related(record: Record) -> list[tuple[str, str]]:
    # Whether the other work is in the bundle is left out: the added and removed records show it.
    return [(relation.kind, relation.target) for relation in record.relations]


def _changes(old: Manifest, new: Manifest) -> Iterator[Change]:
    before, after = _described(old), _described(new)
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Change(name=name, old=str(before.get(name)), new=str(after.get(name)))


def _described(manifest: Manifest) -> dict[str, object]:
    described: dict[str, object] = {
        "name": manifest.name,
        "format_version": manifest.format_version,
    }
    described |= {f"parts.{name}": version for name, version in manifest.parts.items()}
    described |= {f"languages.{field}": tag for field, tag in manifest.languages.items()}
    for part in ("model", "index", "thresholds"):
        value = getattr(manifest, part)
        described |= {f"{part}.{field.name}": getattr(value, field.name) for field in fields(value)}
    del described["index.items"]  # the counts of records already show it
    return described
