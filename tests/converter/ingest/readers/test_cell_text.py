"""Numbers and dates of a spreadsheet are written as its cells show them."""

import datetime

import pytest

from converter.ingest.readers.cell_text import CellValue, number_text, text_of

DAY = datetime.datetime(1915, 3, 21)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1.0, "General", "1"),
        (1915, "General", "1915"),
        (12.5, "General", "12.5"),
        (0.1 + 0.2, "General", "0.3"),
        (123456789012.0, "General", "123456789012"),
        (1e20, "General", "1e+20"),
        (-3, "General", "-3"),
        (7, "0000", "0007"),
        (12345, "0000", "12345"),
        (7, '"D "000', "D 007"),
        (7, "\\D\\ 000", "D 007"),
        (18900123, "0000\\-0000", "1890-0123"),
        (18900123, "0000-0000", "1890-0123"),
        (12.5, "0.00", "12.50"),
        (12.5, "0.0##", "12.5"),
        (1915.4, "0", "1915"),
        (1915, "#,##0", "1915"),
        (1915, "#,##0.00", "1915.00"),
        (0.25, "0%", "25%"),
        (12, '0" cm"', "12 cm"),
        (12.34, '0.0" cm"', "12.3 cm"),
        (-5, "0;(0)", "(5)"),
        (5, "[Red]0_);[Blue](0)", "5"),
        (5, "[$-407]0", "5"),
        (0, "#", ""),
        (0, "0", "0"),
        (1.5, "# ?/?", "1.5"),
        (1500, "0.00E+00", "1500"),
        (5, "@", "5"),
        (True, "General", "TRUE"),
        (None, "0", ""),
        (" a_x000D_\nb ", "General", "a\r\nb"),
        (DAY, "yyyy", "1915"),
        (DAY, "mmmm yyyy", "1915-03"),
        (DAY, '[$-407]d/ mmmm" Tag "yyyy', "1915-03-21"),
        (DAY, "d.m.yyyy", "1915-03-21"),
        (DAY, "mm-dd-yy h:mm", "1915-03-21"),
        (DAY.replace(hour=14, minute=5), "d.m.yy h:mm", "1915-03-21 14:05"),
        (DAY.replace(hour=14, minute=5), "d.m.yy", "1915-03-21"),
        (datetime.time(14, 5), "h:mm", "14:05:00"),
    ],
)
def test_a_cell_is_written_as_people_see_it(
    value: CellValue, number_format: str, text: str
) -> None:
    assert text_of(value, number_format) == text


def test_a_number_has_no_needless_fraction() -> None:
    assert [number_text(value) for value in (1.0, 1.25, -0.0)] == ["1", "1.25", "0"]
