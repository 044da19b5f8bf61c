"""Put together the entries of the report: kind, records, measures and relations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from converter.build.duplicates import pair_kinds
from converter.build.duplicates.bundle_pictures import BundlePicture
from converter.build.duplicates.look_up import PicturePair
from converter.build.duplicates.measure_pair import PairMeasures, swapped
from converter.build.duplicates.pair_kinds import TEXTS, PairKind, Sureness
from converter.build.duplicates.record_groups import RecordGroups
from converter.ingest.relations import RelationText, parse_relations
from device.bundle.manifest import Thresholds
from device.bundle.records import Record, Records

_ONE_IMAGE = (PairKind.SAME_SCAN, PairKind.SAME_IMAGE, PairKind.REVERSAL, PairKind.DETAIL)
# From this number of images on, a part that agrees is a border or frame. A plate with more such states is rare.
_FEWEST_IN_A_BORDER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRecord:
    """One record of a pair, and the picture of it that matched."""

    record: Record
    picture: BundlePicture


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPair:
    """Two records of the report.

    Attributes:
        measures: `None` for records that share one file.
        group: Number of the group that the pair belongs to, within its kind, from 1. Pairs that share a record are in one.
        related: Relations between both records that the museum states, such as "B: State of, A".
        suggestion: Text for the relations of the second record, or "".
    """

    kind: PairKind
    sureness: Sureness
    first: ReportedRecord
    second: ReportedRecord
    measures: PairMeasures | None
    group: int
    related: tuple[str, ...]
    suggestion: str

    @property
    def items(self) -> tuple[int, int]:
        """Return the items of both records."""
        return self.first.record.item, self.second.record.item


def report_pairs(
    records: Records,
    pictures: Sequence[BundlePicture],
    pairs: Sequence[PicturePair],
    thresholds: Thresholds,
) -> tuple[ReportedPair, ...]:
    """Return all pairs of the report: by kind, and within a kind the surest first.

    Args:
        records: The bundle's records.
        pictures: All its pictures, by row.
        pairs: The pairs that were found by their lines.
        thresholds: The bundle's thresholds.
    """
    record_of = cache(records.at)

    def reported(picture: BundlePicture) -> ReportedRecord:
        return ReportedRecord(record=record_of(picture.item), picture=picture)

    found = [_shared_file(*map(reported, both)) for both in _same_files(pictures)]
    for pair in pairs:
        first, second = reported(pictures[pair.first]), reported(pictures[pair.second])
        found.append(_measured(first, second, pair.measures, thresholds))
    found = sorted(_with_borders(found), key=lambda pair: -_inliers(pair))
    of_kinds = [[pair for pair in found if pair.kind is kind] for kind in PairKind]
    return tuple(pair for of_kind in of_kinds for pair in _with_groups(of_kind))


def _same_files(
    pictures: Sequence[BundlePicture],
) -> Iterator[tuple[BundlePicture, BundlePicture]]:
    """Yield each picture of another record that has the file of an earlier one, with that one."""
    first_of: dict[str, BundlePicture] = {}
    for picture in pictures:
        first = first_of.setdefault(picture.sha256, picture)
        if first.item != picture.item:
            yield first, picture


def _shared_file(first: ReportedRecord, second: ReportedRecord) -> ReportedPair:
    return ReportedPair(
        kind=PairKind.SAME_SCAN,
        sureness=Sureness.CERTAIN,
        first=first,
        second=second,
        measures=None,
        group=0,
        related=_related(first.record, second.record),
        suggestion="",
    )


def _measured(
    first: ReportedRecord, second: ReportedRecord, measures: PairMeasures, thresholds: Thresholds
) -> ReportedPair:
    kind = pair_kinds.kind_of(measures, thresholds)
    # The detail is the picture of which more is shown in the other. It gets the relation.
    if kind is PairKind.DETAIL and measures.shown_first > measures.shown_second:
        first, second, measures = second, first, swapped(measures)
    related = _related(first.record, second.record)
    return ReportedPair(
        kind=kind,
        sureness=pair_kinds.sureness_of(measures),
        first=first,
        second=second,
        measures=measures,
        group=0,
        related=related,
        suggestion="" if related else _suggestion(kind, first.record.record_id),
    )


def _suggestion(kind: PairKind, record_id: str) -> str:
    """Return a relation for the museum's table, if a table can hold this id."""
    relation = TEXTS[kind].relation
    text = f"{relation}, {record_id}"
    is_read = parse_relations(text) == (RelationText(kind=relation, target=record_id),)
    return text if relation and is_read else ""


def _with_borders(pairs: Sequence[ReportedPair]) -> list[ReportedPair]:
    """Return the pairs with those of large groups that differ in part as shared borders."""
    images = RecordGroups(pair.items for pair in pairs if pair.kind in _ONE_IMAGE)
    partly = RecordGroups(pair.items for pair in pairs if pair.kind is PairKind.PARTLY_DIFFERENT)
    members: dict[int, set[int]] = {}
    for pair in pairs:
        if pair.kind is PairKind.PARTLY_DIFFERENT:
            members.setdefault(partly.of(pair.items[0]), set()).update(map(images.of, pair.items))
    return [
        (
            replace(pair, kind=PairKind.SHARED_BORDER, suggestion="")
            if pair.kind is PairKind.PARTLY_DIFFERENT
            and len(members[partly.of(pair.items[0])]) >= _FEWEST_IN_A_BORDER
            else pair
        )
        for pair in pairs
    ]


def _with_groups(pairs: Sequence[ReportedPair]) -> list[ReportedPair]:
    """Number the groups of pairs that share records, the first pair's group first."""
    groups = RecordGroups(pair.items for pair in pairs)
    numbers: dict[int, int] = {}
    return [
        replace(pair, group=numbers.setdefault(groups.of(pair.items[0]), len(numbers) + 1))
        for pair in pairs
    ]


def _related(first: Record, second: Record) -> tuple[str, ...]:
    return tuple(
        f"{record.record_id}: {relation.kind}, {relation.target}"
        for record, other in ((first, second), (second, first))
        for relation in record.relations
        if relation.record_id == other.record_id
    )


def _inliers(pair: ReportedPair) -> int:
    return pair.measures.inliers if pair.measures else 0
