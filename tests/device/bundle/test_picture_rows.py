"""Which record each row of fingerprints belongs to."""

import pytest

from device.bundle.picture_rows import PictureRows

ROWS = PictureRows(items=3, further=((0, 1), (2, 1), (2, 2)))


def test_first_pictures_come_first_and_further_ones_follow() -> None:
    assert [(ROWS.item_of(row), ROWS.position_of(row)) for row in range(len(ROWS))] == [
        *((0, 0), (1, 0), (2, 0)),
        *((0, 1), (2, 1), (2, 2)),
    ]


@pytest.mark.parametrize(
    ("items", "rows"), [((), set()), ((1,), {1}), ((2,), {2, 4, 5}), ((0, 1, 2), set(range(6)))]
)
def test_a_records_rows_are_those_of_all_its_pictures(
    items: tuple[int, ...], rows: set[int]
) -> None:
    assert ROWS.rows_of(items) == rows
    assert ROWS.items_of(rows) == set(items)
