"""The single table of a record's metadata fields, with the properties of each field.

A new field is an attribute of `MetadataFields`, a column of `schema.sql`, and a property of `Record` in the API's
description. Its names in museums' exports go into `converter.ingest.columns`. All other code is derived from this table.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Final

_REQUIRED: Final = {"is_required": True}
# Notices may amend it. A correction of a facet, or of a year, needs a new bundle.
_AMENDABLE: Final = {"is_amendable": True}
# Searched for the words of a full-text search.
_SEARCHED: Final = {"is_searched": True}
# Derived from other fields, so never read from a column of the museum's table.
_DERIVED: Final = {"is_derived": True}
# Shown as a separate fact in the line under the date and the technique.
_FACT: Final = {"is_fact": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataFields:
    """The museum's metadata of one print; a field is `None` where the museum gives nothing.

    Attributes:
        record_id: The museum's own id.
        makers: `Name (role); Name (role)`.
        date_text: As the museum writes it; its column is called `date`.
        year_min, year_max: Range of years derived from `date_text`, inclusive.
        technique: A list separated by commas.
        rights: The licence, in the museum's words or as an address.
    """

    record_id: str = field(metadata=_REQUIRED)
    title: str = field(metadata=_REQUIRED | _AMENDABLE | _SEARCHED)
    makers: str | None = field(metadata=_SEARCHED)
    date_text: str | None = field(metadata=_AMENDABLE | {"column": "date"})
    year_min: int | None = field(metadata=_DERIVED)
    year_max: int | None = field(metadata=_DERIVED)
    classification: str | None
    technique: str | None = field(metadata=_SEARCHED)
    institution: str | None = field(metadata=_FACT)
    inventory_number: str | None = field(metadata=_AMENDABLE | _FACT)
    rights: str | None = field(metadata=_AMENDABLE)
    credit: str | None = field(metadata=_AMENDABLE)
    source_url: str | None = field(metadata=_AMENDABLE)
    note: str | None = field(metadata=_AMENDABLE | _SEARCHED)


def _named(key: str) -> tuple[str, ...]:
    return tuple(each.name for each in fields(MetadataFields) if each.metadata.get(key))


NAMES = tuple(each.name for each in fields(MetadataFields))
REQUIRED = _named("is_required")
AMENDABLE = _named("is_amendable")
SEARCHED = _named("is_searched")
FACTS = _named("is_fact")
# Field to the name of its column in the museum's table.
COLUMNS = {
    each.name: str(each.metadata.get("column", each.name))
    for each in fields(MetadataFields)
    if not each.metadata.get("is_derived")
}


def values_of(record: MetadataFields) -> dict[str, Any]:
    """Return a record's metadata, field name to value, in the order of `MetadataFields`."""
    return {name: getattr(record, name) for name in NAMES}
