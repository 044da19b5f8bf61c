"""Rows come back from the spool as they went in."""

from converter.ingest.readers.json_spool import JsonSpool

ROWS = [["1", "Löwe\x1f\nBär", None], [], ["2", "\ud800"]]


def test_rows_are_read_back_in_order_by_several_readers_at_once() -> None:
    spool = JsonSpool()
    for row in ROWS:
        spool.append(row)

    assert len(spool) == 3
    assert list(zip(spool.rows(), spool.rows(), strict=True)) == [(row, row) for row in ROWS]


def test_an_empty_spool_has_no_rows() -> None:
    assert list(JsonSpool().rows()) == []


def test_rows_longer_than_a_block_are_read_back() -> None:
    spool = JsonSpool()
    for number in range(5):
        spool.append([number, "x" * 700_000])

    assert [row[0] for row in spool.rows()] == [0, 1, 2, 3, 4]
