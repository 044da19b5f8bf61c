"""The works related to one record: by the museum's relations, and by similar pictures."""

from dataclasses import dataclass

from device.bundle.records import Record, Relation
from device.service.collection.current_bundle import CurrentBundle


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedWorks:
    """The works related and similar to one record.

    Attributes:
        shared_targets: Targets of the record's relations that are no records of the bundle, such as a series. Each
            has the number of records with a relation to it, this record included.
        referring: Relations of other records to this one, unless this one names them itself.
        similar: The most similar records, nearest first.
    """

    shared_targets: dict[str, int]
    referring: tuple[Relation, ...]
    similar: tuple[Record, ...]


def find_related_works(current: CurrentBundle, record_id: str, count: int) -> RelatedWorks:
    """Return the works related to a record, and at most `count` similar ones.

    Raises:
        UnknownRecordError: When the record is not in the bundle, or was withdrawn.
    """
    with current.borrow() as bundle:
        record = bundle.records.get(record_id)
        targets = [each.target for each in record.relations if each.record_id is None]
        known = {each.record_id for each in record.relations}
        return RelatedWorks(
            shared_targets={target: bundle.records.count_related_to(target) for target in targets},
            referring=tuple(
                each
                for each in bundle.records.incoming_relations(record.item)
                if each.record_id not in known
            ),
            similar=current.similar(record_id, count),
        )
