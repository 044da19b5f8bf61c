"""Dates that say "no date" are understood, and so are no unread dates."""

from pathlib import Path

from exported_collection import table_row, write_table

from converter.ingest import collection
from converter.ingest.report.unread_dates import unread_dates


def test_only_a_date_that_is_not_understood_is_unread(folder: Path) -> None:
    dates = ("spring", "n.d.", "", "1887", "before 1900")
    write_table(folder, [table_row(number, date=text) for number, text in enumerate(dates)])

    assert unread_dates(collection.read(folder).items) == [("a-00", "spring")]
