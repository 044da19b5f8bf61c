"""Collect what staff should know of an export, next to its items and warnings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from converter.ingest.columns import ColumnMap
from converter.ingest.rights import RightsRules
from converter.ingest.rights_columns import RightsColumn, RightsColumnSearch
from converter.ingest.table import ExportTable, Row
from converter.ingest.text_changes import TextChanges, TextCleaner
from converter.ingest.text_hygiene import clean_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A record that was left out, and the reason.

    Attributes:
        record_id: The id; empty where the record has none.
        image: Name of the picture file; may be empty.
        reason: One line: what was expected, what was found, what to do.
    """

    record_id: str
    image: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What staff should know of an export, and what the report is made from.

    Attributes:
        without_picture: Records that don't say that they have a picture. They are left out and are no refusals.
        text_changes: What was changed in the export's texts.
        rights_columns: Columns that no field uses and that look like rights.
        rights: The museum's own decisions about rights.
    """

    without_picture: tuple[Refusal, ...]
    text_changes: TextChanges
    rights_columns: tuple[RightsColumn, ...]
    rights: RightsRules


class FindingsCollector:
    """Clean rows and collect findings, row by row."""

    def __init__(self, table: ExportTable, columns: ColumnMap, rights: RightsRules) -> None:
        self._rights = rights
        self._cleaner = TextCleaner(table, columns)
        self._rights_columns = RightsColumnSearch(
            [clean_name(name) for name in table.header], columns.unused, rights.ignore_columns
        )

    def clean(self, row: Row) -> Row:
        """Return a row with clean cells, after looking at its rights."""
        cleaned = self._cleaner.clean(row)
        self._rights_columns.add(cleaned)
        return cleaned

    def warnings(self) -> Iterator[str]:
        """Yield a line for each column that looks like rights and that no field uses."""
        for column in self._rights_columns.found():
            examples = ", ".join(map(repr, column.examples))
            yield (
                f"column {column.name!r} looks like rights, and no field uses it ({column.filled} records, such as "
                f"{examples}); {how_to_decide(column.name)}"
            )

    def result(self, without_picture: Sequence[Refusal]) -> Findings:
        """Return everything found, with the records that have no picture."""
        return Findings(
            without_picture=tuple(
                sorted(without_picture, key=lambda one: (one.record_id, one.reason))
            ),
            text_changes=self._cleaner.changes(),
            rights_columns=tuple(self._rights_columns.found()),
            rights=self._rights,
        )


def how_to_decide(column: str) -> str:
    """Return the end of a message: the keys by which a museum decides on a column."""
    return (
        f'in collection.toml, use it with [columns] rights = "{column}", or ignore it with '
        f'[rights] ignore_columns = ["{column}"]'
    )
