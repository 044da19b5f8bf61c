"""Records on disk come back in order, as often as they are asked for."""

from pathlib import Path

from converter.ingest.readers.row_spool import RowSpool


def test_records_come_back_in_order_and_the_file_ends_with_the_spool() -> None:
    spool = RowSpool()
    spool.add("record 1", {"title": "A", "note": ""})
    spool.add("record 2", {}, fault="expected a record, found none")
    expected = [
        ("record 1", {"title": "A", "note": ""}, ""),
        ("record 2", {}, "expected a record, found none"),
    ]
    assert list(spool.records()) == list(spool.records()) == expected
    assert (spool.count, spool.fields) == (2, {"title"})
    path: Path = spool._path
    del spool
    assert not path.exists()
