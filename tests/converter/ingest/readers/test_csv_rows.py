"""A wrong quote is refused with its own row, and every other row is read."""

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.errors import CollectionError
from converter.ingest.readers import csv_rows
from converter.ingest.readers.csv_rows import split_rows

HEADER = "id,title,image\n"


def split(text: str) -> list[tuple[str, str, bool]]:
    """Return place, id and fault of each row below the header."""
    rows = list(split_rows(io.StringIO(HEADER + text, newline=""), ","))[1:]
    return [(row.place, row.cells[0], bool(row.fault)) for row in rows]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('1,"a "b" c",x\n2,b,y\n', [("line 2", "1", True), ("line 3", "2", False)]),
        ('1,"open,x\n2,b,y\n', [("line 2", "1", True), ("line 3", "2", False)]),
        # The open quote is closed by the quote that opens another cell.
        ('1,"open,x\n2,"b, c",y\n', [("line 2", "1", True), ("line 3", "2", False)]),
        ('1,"open,x\n2,"open,y\n', [("line 2", "1", True), ("line 3", "2", True)]),
        ('1,"open,x\n2,b,"y"\n', [("line 2", "1", True), ("line 3", "2", False)]),
        # The quotes match by chance, and the rows that they join have too many cells.
        ('1,"open,x\n2,b,",y,z\n3,c,z\n', [("line 2", "1", True), ("line 3", "2", True)]),
        # A stray quote in a cell of several lines is one row.
        (
            '1,"first\nthe "second" line\nlast",x\n2,b,y\n',
            [("line 2", "1", True), ("line 5", "2", False)],
        ),
        ('1,"first\nlast",x\n2,b,y\n', [("line 2", "1", False), ("line 4", "2", False)]),
        ('1,"closed by a stray"s,x\n', [("line 2", "1", True)]),
    ],
)
def test_a_wrong_quote_is_contained(text: str, wanted: list[tuple[str, str, bool]]) -> None:
    assert split(text)[: len(wanted)] == wanted


def test_line_ends_of_old_macs_count_as_lines() -> None:
    assert split('1,"open,x\r2,b,y\r') == [("line 2", "1", True), ("line 3", "2", False)]


def test_a_long_cell_is_read_and_one_beyond_the_limit_refused() -> None:
    found = split(f"1,{'a' * 200_000},x\n2,{'a' * (csv_rows.MOST_IN_A_CELL + 1)},y\n3,c,z\n")

    assert found == [("line 2", "1", False), ("line 3", "2", True), ("line 4", "3", False)]


def test_a_file_that_is_one_long_line_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "_MOST_IN_A_LINE", 100)

    with pytest.raises(CollectionError, match="line 2: expected at most 100 characters"):
        split("x" * 101)


def test_many_wrong_quotes_take_no_longer_than_the_text_is_long() -> None:
    rows = [
        f'{number},"open{number},x' if number % 2 else f"{number},b,y" for number in range(9999)
    ]

    found = split("\n".join(rows))

    assert [fault for _, _, fault in found] == [number % 2 == 1 for number in range(9999)]


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet='ab",\n', max_size=60), st.randoms(use_true_random=False))
def test_rows_after_any_fault_are_found_again(text: str, chance: random.Random) -> None:
    good = "".join(f"{chance.randrange(9)},b,y\n" for _ in range(3))

    found = split(f"{text}\n{good}")

    assert len(found) >= 3 or any(fault for _, _, fault in found) or '"' in text
