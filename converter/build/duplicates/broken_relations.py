"""Name the relations of a bundle's records that lead to no record."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import Enum

from converter.ingest.relations import is_number
from device.bundle import layout
from device.bundle.reader import OpenedBundle
from device.errors import BundleDamagedError


class RelationFault(Enum):
    """Why a relation leads to no record, in words for staff."""

    ITSELF = "names its own record"
    INVENTORY_NUMBER = "names an inventory number instead of a record id"
    SIMILAR = "is written otherwise than the record id"
    UNKNOWN_NUMBER = "no record of the bundle has this id"
    TEXT = "is no number: a series or a book, perhaps"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRelation:
    """One relation that leads to no other record.

    Attributes:
        record_id: The record that has it.
        kind: Such as "State of"; empty where the record only names the other work.
        target: The other work, as the museum writes it.
        fault: Why it leads nowhere.
        meant: Id of the record that is probably meant, or "".
    """

    record_id: str
    kind: str
    target: str
    fault: RelationFault
    meant: str


def find(bundle: OpenedBundle) -> tuple[BrokenRelation, ...]:
    """Return the broken relations of a bundle, those that can be mended first.

    Raises:
        BundleDamagedError: When the records file can't be read.
    """
    path = bundle.file(layout.RECORDS)
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            records = connection.execute(
                "SELECT record_id, inventory_number FROM records ORDER BY item"
            ).fetchall()
            rows = connection.execute(
                """SELECT record_id, kind, target FROM relations JOIN records USING (item)
                   WHERE target <> '' AND (target_item IS NULL OR target_item = item)
                   ORDER BY item, position"""
            ).fetchall()
    except sqlite3.Error as error:
        raise BundleDamagedError(
            f"{path}: expected a records file, found {error}; fetch the bundle again"
        ) from error
    similar = _by_letters(record_id for record_id, _ in records)
    numbered = _unique((number, record_id) for record_id, number in records if number)
    found = [_broken(*row, similar=similar, numbered=numbered) for row in rows]
    order = list(RelationFault)
    return tuple(sorted(found, key=lambda one: order.index(one.fault)))


def _broken(
    record_id: str,
    kind: str,
    target: str,
    *,
    similar: Mapping[str, str],
    numbered: Mapping[str, str],
) -> BrokenRelation:
    fault, meant = RelationFault.TEXT, ""
    if record_id in (target, numbered.get(target)):
        fault = RelationFault.ITSELF
    elif target in numbered:
        fault, meant = RelationFault.INVENTORY_NUMBER, numbered[target]
    elif _letters(target) in similar:
        fault, meant = RelationFault.SIMILAR, similar[_letters(target)]
    elif is_number(target):
        fault = RelationFault.UNKNOWN_NUMBER
    return BrokenRelation(record_id=record_id, kind=kind, target=target, fault=fault, meant=meant)


def _by_letters(record_ids: Iterable[str]) -> dict[str, str]:
    return _unique((_letters(record_id), record_id) for record_id in record_ids)


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the pairs as a mapping, without keys that stand for several records."""
    found: dict[str, set[str]] = {}
    for key, record_id in pairs:
        found.setdefault(key, set()).add(record_id)
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1 and key}


def _letters(text: str) -> str:
    """Return a text's letters and digits alone, in small letters."""
    return re.sub(r"[\W_]+", "", text).casefold()
