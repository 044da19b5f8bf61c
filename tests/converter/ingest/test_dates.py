"""Free-text dates are parsed to years, ambiguous ones have none, and no text raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.ingest.dates import CIRCA_YEARS, YearRange, years

YEARS = st.integers(1000 + 10, 2099 - 110)


def read(text: str) -> tuple[int | None, int | None] | None:
    found = years(text)
    return (found.year_min, found.year_max) if found else None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1483", 1483, 1483),
        ("[1483]", 1483, 1483),
        ("A.D. 1483", 1483, 1483),
        ("1765 n. Chr.", 1765, 1765),
        ("dated 1765", 1765, 1765),
        ("c. 1765", 1760, 1770),
        ("c1765", 1760, 1770),
        ("1765 (ca.)", 1760, 1770),
        ("um 1640", 1635, 1645),
        ("vers 1780", 1775, 1785),
        ("verso il 1600", 1595, 1605),
        ("wohl 1765", 1760, 1770),
        ("1483?", 1478, 1488),
        ("[1483 ?]", 1478, 1488),
        ("ca. 1500-1510", 1495, 1515),
        ("1500-ca. 1510", 1500, 1515),
        ("um 1640/50", 1635, 1655),
        ("1765/66", 1765, 1766),
        ("1765-8", 1765, 1768),
        ("1765–1768", 1765, 1768),
        ("1498-1502", 1498, 1502),
        ("between 1701 and 1705", 1701, 1705),
        ("[between 1701 and 1705?]", 1701, 1710),
        ("zwischen 1701 und 1705", 1701, 1705),
        ("entre 1701 et 1705", 1701, 1705),
        ("tra il 1701 e il 1705", 1701, 1705),
        ("1501, 1503, 1507", 1501, 1507),
        ("1765 oder 1766", 1765, 1766),
        ("1820s", 1820, 1829),
        ("1820er Jahre", 1820, 1829),
        ("années 1820", 1820, 1829),
        ("anni 1820", 1820, 1829),
        ("1820s-30s", 1820, 1839),
        ("mid-1820s", 1823, 1827),
        ("1800s", 1800, 1899),
        ("17--", 1700, 1799),
        ("[176-]", 1760, 1769),
        ("16th century", 1500, 1600),
        ("nineteenth century", 1800, 1900),
        ("XVIIIe siècle", 1700, 1800),
        ("sec. XVI", 1500, 1600),
        ("Seicento", 1600, 1700),
        ("early 19th century", 1800, 1834),
        ("Anfang 16. Jh.", 1500, 1534),
        ("spaetes 18. Jh.", 1766, 1800),
        ("fin du XVIIe siècle", 1666, 1700),
        ("metà del XVI secolo", 1533, 1567),
        ("prima metà del XVI secolo", 1500, 1550),
        ("2. Hälfte 17. Jahrhundert", 1650, 1700),
        ("2. Haelfte 17. Jh.", 1650, 1700),
        ("XVIIe siècle (2e moitié)", 1650, 1700),
        ("letztes Viertel des 18. Jahrhunderts", 1775, 1800),
        ("16./17. Jh.", 1500, 1700),
        ("sec. XV-XVI", 1400, 1600),
        ("Ende 16./Anfang 17. Jh.", 1566, 1634),
        ("March 1912", 1912, 1912),
        ("March-April 1912", 1912, 1912),
        ("12.3.1912", 1912, 1912),
        ("12. März 1912", 1912, 1912),
        ("1er mars 1912", 1912, 1912),
        ("1912-03-12", 1912, 1912),
        ("Winter 1911/12", 1911, 1912),
        ("published 1 Jan 1791", 1791, 1791),
        ("1765-08", 1765, 1765),
        ("1805-12", 1805, 1812),
        ("after 1600 and before 1650", 1600, 1650),
    ],
)
def test_a_date_in_a_museums_words_is_parsed_to_its_years(text: str, first: int, last: int) -> None:
    assert read(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("before 1550", None, 1550),
        ("vor 1550", None, 1550),
        ("avant 1550", None, 1550),
        ("prima del 1550", None, 1550),
        ("vor ca. 1550", None, 1555),
        ("not after 1550", None, 1550),
        ("before the 17th century", None, 1600),
        ("after 1600", 1600, None),
        ("nach 1600", 1600, None),
        ("après 1600", 1600, None),
        ("after c. 1600", 1595, None),
        ("1600 or later", 1600, None),
        ("1765-", 1765, None),
    ],
)
def test_a_date_open_on_one_side_stays_open_there(
    text: str, first: int | None, last: int | None
) -> None:
    assert read(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n.d.",
        "o. J.",
        "s.d.",
        "undated",
        "unbekannt",
        "50 B.C.",
        "1500 v. Chr.",
        "1765 (printed 1780)",
        "1765 [i.e. 1766]",
        "1783-1765",
        "geb. 1865",
        "fl. 1765",
        "after Raphael, 1520",
        "plate 1483",
        "1483 copies",
        "800",
        "12345",
        "12.3.12",
        "20s",
        "XVI",
        "9th century",
        "99th century",
        "1765-1766-1767",
        "(Vallotton, Felix, 1865-1925)",
        "1" * 5000,
    ],
)
def test_an_ambiguous_date_has_no_years(text: str) -> None:
    assert years(text) is None


def test_an_empty_date_has_no_years() -> None:
    assert years(None) is None


@pytest.mark.slow
@settings(deadline=None)
@given(YEARS, st.integers(0, 100))
def test_every_closed_range_is_parsed_in_every_style(first: int, length: int) -> None:
    last = first + length
    styles = (
        f"{first}-{last}",
        f"{first} – {last}",
        f"{first}/{last}",
        f"between {first} and {last}",
        f"from {first} to {last}",
        f"zwischen {first} und {last}",
        f"von {first} bis {last}",
        f"entre {first} et {last}",
        f"dal {first} al {last}",
        f"[{first}-{last}]",
    )

    found = {read(style) for style in styles}

    assert found == {(first, last)}


@pytest.mark.slow
@settings(deadline=None)
@given(YEARS)
def test_every_approximate_year_is_widened_equally_in_every_style(year: int) -> None:
    styles = (
        "c. {}",
        "ca. {}",
        "circa {}",
        "um {}",
        "vers {}",
        "verso il {}",
        "{}?",
        "{} (?)",
        "~{}",
        "{} ca.",
        "about {}",
    )

    found = {read(style.format(year)) for style in styles}

    assert found == {(year - CIRCA_YEARS, year + CIRCA_YEARS)}


@pytest.mark.slow
@settings(deadline=None)
@given(st.integers(1, 28), st.integers(0, 11), YEARS)
def test_every_day_is_parsed_to_its_year_in_every_style(day: int, month: int, year: int) -> None:
    english = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    german = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ]
    french = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ]
    italian = [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ]
    styles = (
        f"{day} {english[month]} {year}",
        f"{english[month]} {day}, {year}",
        f"{english[month]} {year}",
        f"{english[month][:3]}. {year}",
        f"{day}. {german[month]} {year}",
        f"{day} {french[month]} {year}",
        f"{day} {italian[month]} {year}",
        f"{day}.{month + 1}.{year}",
        f"{day:02}/{month + 1:02}/{year}",
        f"{year}-{month + 1:02}-{day:02}",
    )

    found = {read(style) for style in styles}

    assert found == {(year, year)}


@settings(deadline=None)
@given(st.integers(11, 21))
def test_every_century_is_the_same_in_four_languages(number: int) -> None:
    roman = {
        11: "XI",
        12: "XII",
        13: "XIII",
        14: "XIV",
        15: "XV",
        16: "XVI",
        17: "XVII",
        18: "XVIII",
        19: "XIX",
    }
    numeral = roman.get(number, "X" * (number // 10) + "I" * (number % 10))
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number > 20 else 0, "th")
    styles = (
        f"{number}{suffix} century",
        f"{number}{suffix} c.",
        f"{number}. Jahrhundert",
        f"{number}. Jh.",
        f"{numeral}e siècle",
        f"sec. {numeral}",
        f"{numeral} secolo",
    )

    found = {read(style) for style in styles}

    assert found == {(number * 100 - 100, number * 100)}


@pytest.mark.slow
@settings(deadline=None)
@given(st.text(max_size=150))
def test_no_text_raises_and_no_range_is_reversed(text: str) -> None:
    check(years(text))


PIECES = st.sampled_from(
    [
        "1765",
        "1766",
        "12",
        "3",
        "66",
        "17--",
        "c.",
        "ca.",
        "um",
        "vers",
        "16th",
        "17.",
        "XVIIIe",
        "century",
        "Jh.",
        "siècle",
        "sec.",
        "before",
        "after",
        "vor",
        "nach",
        "between",
        "and",
        "-",
        "/",
        ",",
        "?",
        "[",
        "]",
        "(",
        ")",
        "early",
        "Ende",
        "début",
        "metà",
        "half",
        "2.",
        "1820s",
        "er",
        "Jahre",
        "March",
        "März",
        ".",
        "des",
        "del",
        "B.C.",
        "or",
    ]
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(PIECES, max_size=9), st.sampled_from(["", " "]))
def test_no_mixture_of_date_words_raises(pieces: list[str], joint: str) -> None:
    check(years(joint.join(pieces)))


def check(found: YearRange | None) -> None:
    if found is not None:
        assert found.year_min is not None or found.year_max is not None
        if found.year_min is not None and found.year_max is not None:
            assert found.year_min <= found.year_max
