"""Rows that differ only by picture are one record."""

import pytest

from converter.ingest.columns import map_columns
from converter.ingest.mapping.further_pictures import RowJoiner
from converter.ingest.table import Row

HEADER = ["id", "title", "image", "side"]


def row(*cells: str) -> Row:
    return Row(place="line 2", cells=cells)


@pytest.mark.parametrize(
    ("cells", "by_id", "joins"),
    [
        (("1", "a", "2.jpg", ""), False, True),
        (("1", "b", "2.jpg", ""), False, False),
        (("1", "a", "2.jpg", "verso"), False, False),
        (("1", "a", "2.jpg", "verso"), True, True),
        (("2", "a", "2.jpg", ""), True, False),
    ],
)
def test_only_the_picture_may_differ_unless_the_museum_says_so(
    cells: tuple[str, ...], by_id: bool, joins: bool
) -> None:
    columns, _ = map_columns(HEADER, {}, needs_image=True)
    joiner = RowJoiner(columns, by_id=by_id)
    joiner.remember("1", row("1", "a", "1.jpg", ""))

    assert joiner.is_further_picture(cells[0], row(*cells)) is joins


def test_a_forgotten_record_has_no_further_rows() -> None:
    columns, _ = map_columns(HEADER, {}, needs_image=True)
    joiner = RowJoiner(columns, by_id=True)
    joiner.remember("1", row("1", "a", "1.jpg", ""))

    joiner.forget()

    assert not joiner.is_further_picture("1", row("1", "a", "2.jpg", ""))
