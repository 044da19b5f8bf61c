"""Relations that lead to no record are named, each with what is wrong."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from converter.build import bundle_writer
from converter.build.duplicates import broken_relations
from converter.build.duplicates.broken_relations import RelationFault
from converter.ingest.item import Item
from converter.ingest.relations import RelationText
from device.bundle import layout
from device.bundle.manifest import Manifest
from device.bundle.reader import opened


@pytest.mark.parametrize(
    ("target", "fault", "meant"),
    [
        ("D 001", RelationFault.ITSELF, ""),
        ("Inv. 1", RelationFault.ITSELF, ""),
        ("Inv. 2", RelationFault.INVENTORY_NUMBER, "D 002"),
        ("Inv. 3", RelationFault.UNKNOWN_NUMBER, ""),  # two records have it
        ("d002", RelationFault.SIMILAR, "D 002"),
        ("2014.0228", RelationFault.UNKNOWN_NUMBER, ""),
        ("Die Apokalypse", RelationFault.TEXT, ""),
    ],
)
def test_each_kind_of_fault_is_told_apart(
    bundle_copy: Path,
    small_items: tuple[Item, ...],
    change_manifest: Callable[..., Manifest],
    target: str,
    fault: RelationFault,
    meant: str,
) -> None:
    write_records(bundle_copy, small_items, [("Kopie", target)], change_manifest)

    with opened(bundle_copy) as bundle:
        (found,) = broken_relations.find(bundle)

    assert (found.record_id, found.kind, found.target) == ("D 001", "Kopie", target)
    assert (found.fault, found.meant) == (fault, meant)


def test_sound_relations_are_not_named_and_those_to_mend_come_first(
    bundle_copy: Path, small_items: tuple[Item, ...], change_manifest: Callable[..., Manifest]
) -> None:
    relations = [
        ("Teil von", "Die Apokalypse"),
        ("Kopie", "D 002"),
        ("Gegenstück", ""),
        ("", "9-1"),
    ]
    write_records(bundle_copy, small_items, relations, change_manifest)

    with opened(bundle_copy) as bundle:
        found = broken_relations.find(bundle)

    assert [one.target for one in found] == ["9-1", "Die Apokalypse"]


def write_records(
    bundle: Path,
    items: tuple[Item, ...],
    relations: list[tuple[str, str]],
    change_manifest: Callable[..., Manifest],
) -> None:
    """Replace the records of a bundle; the first one has the relations."""
    numbers = ["Inv. 1", "Inv. 2", "Inv. 3", "Inv. 3", *(None for _ in items[4:])]
    path = bundle / layout.RECORDS
    path.unlink()
    bundle_writer.write_records(
        [
            replace(
                item,
                record_id=f"D {row + 1:03d}",
                inventory_number=number,
                relations=tuple(RelationText(kind=k, target=t) for k, t in relations * (row == 0)),
            )
            for row, (item, number) in enumerate(zip(items, numbers, strict=True))
        ],
        {},
        path,
    )
    change_manifest(bundle, files=bundle_writer.entries(bundle))
