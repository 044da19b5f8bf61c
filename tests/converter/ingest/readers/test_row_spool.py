"""Records on disk come back in order, as often as they are asked for."""

import tempfile
from pathlib import Path

import pytest

from converter.ingest.readers.row_spool import RowSpool


def test_records_come_back_in_order_and_no_file_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = RowSpool()
    spool.add("record 1", {"title": "A", "note": ""})
    spool.add("record 2", {}, fault="expected a record, found none")
    expected = [
        ("record 1", {"title": "A", "note": ""}, ""),
        ("record 2", {}, "expected a record, found none"),
    ]
    assert list(spool.records()) == list(spool.records()) == expected
    assert (spool.count, spool.fields) == (2, {"title"})
    del spool
    assert not list(tmp_path.iterdir())
