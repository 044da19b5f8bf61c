"""Free-text dates are parsed to years, ambiguous ones have none, and no text raises.

`dates.csv` is a sample of museums' dates with the years that the museums give themselves, and with our reading. Sources:
the collection data of Tate and of the Carnegie Museum of Art, both dedicated to the public domain (CC0), with the number
of prints that have each text; `museumplus` are forms of print rooms that the project made itself. Where a reading
doesn't hold the museum's years, these are the museum's slip or its custom; `SLIPS` lists them.
"""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.ingest.dates import CIRCA_YEARS, YearRange, is_undated, years

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
        ("post 1650 - ante 1700", 1650, 1700),
        ("16th-17th c.", 1500, 1700),
        ("XVI-XVII sec.", 1500, 1700),
        ("mid- to late-19th century", 1833, 1900),
        ("early to mid 1830s", 1830, 1837),
        ("early 1470s", 1470, 1475),
        ("late 1640s", 1645, 1649),
        ("c. 1970s", 1965, 1985),
        ("1960s?", 1955, 1974),
        ("1870s.", 1870, 1879),
        ("?1829", 1824, 1834),
        ("?c.1840–5", 1835, 1850),
        ("c.?1807", 1802, 1812),
        ("?1843 or 1844", 1838, 1849),
        ("c. 1983, 2007", 1978, 2007),
        ("1842 or 1854 or 1866", 1842, 1866),
        ("March 27-29, 1956", 1956, 1956),
        ("12.-15. März 1931", 1931, 1931),
        ("May/June/July 2004", 2004, 2004),
        ("1-jul-1672", 1672, 1672),
        ("1858/2", 1858, 1858),
        ("1852/XII", 1852, 1852),
        ("Entstehung des Druckträgers: 1915 - 1916", 1915, 1916),
        ("Entstehung: um 1620", 1615, 1625),
        ("Erscheinungsjahr: 1922", 1922, 1922),
        ("Date de publication : 1819", 1819, 1819),
        ("Datazione: 1640 circa", 1635, 1645),
        ("Datering: 1650", 1650, 1650),
        ("Fecha de creación: 1797", 1797, 1797),
        ("gestochen um 1620", 1615, 1625),
        ("published c. 1820", 1815, 1825),
        ("first published 1792", 1792, 1792),
        ("1498 (Ausführung)", 1498, 1498),
        ("1888-1889 (made)", 1888, 1889),
        ("n.d. (c. 1820)", 1815, 1825),
        ("o. J. [um 1820]", 1815, 1825),
        ("12/50, 1974", 1974, 1974),
        ("1642, 3rd state of 5", 1642, 1642),
        ("edition of 50, 1920", 1920, 1920),
        ("plate 12, 1820", 1820, 1820),
        ("Blatt 3 von 12, 1820", 1820, 1820),
        ("s. XVIII", 1700, 1800),
        ("ss. XVI-XVII", 1500, 1700),
        ("gestochen 1650 nach einem Gemälde von 1620", 1650, 1650),
        ("London : Boydell, 1790", 1790, 1790),
        ("[Tokyo] : Tsuta-ya Kichizō, 1858.", 1858, 1858),
        ("omstreeks 1650", 1645, 1655),
        ("tussen 1640 en 1650", 1640, 1650),
        ("eerste helft 17de eeuw", 1600, 1650),
        ("begin 18e eeuw", 1700, 1734),
        ("Hacia 1810", 1805, 1815),
        ("segundo cuarto del siglo XVII", 1625, 1650),
        ("finales del siglo XVIII", 1766, 1800),
        ("siglos XVI-XVII", 1500, 1700),
        ("década de 1820", 1820, 1829),
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
        ("before 1955-1956", None, 1956),
        ("after 1955-1956", 1955, None),
        ("?mid 1830s or later", 1828, None),
        ("Verlag: nach 1786", 1786, None),
        ("stampato dopo il 1800", 1800, None),
        ("voor 1650", None, 1650),
        ("in of na 1650", 1650, None),
        ("antes de 1650", None, 1650),
        ("después de 1650", 1650, None),
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
        "50 B.C.",
        "1500 v. Chr.",
        "1765 [i.e. 1766]",
        "1783-1765",
        "1834 (1836)",
        "1821, printed 1790",
        "1861 (Meiji 1)",
        "Bunka 99",
        "Edo",
        "Genji",
        "edition 1500",
        "Auflage: 1500",
        "Vorlage: 1620",
        "Erwerbung: 1920",
        "acquired 1920",
        "inv. 1820",
        "Acquisition : don Durand, 1920",
        "Edo period, 1900",
        "18th century (1850)",
        "printed by Smith 1820",
        "1820-1823/ 1864",
        "12/50",
        "S. 18",
        "plate 12",
        "geb. 1865",
        "fl. 1765",
        "d. 1820",
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


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1821, reprinted 1977", 1821, 1977),
        ("1821 reprinted 1977", 1821, 1977),
        ("1765 (printed 1780)", 1765, 1780),
        ("1963; printed 1964", 1963, 1964),
        ("2001, reproduced 2007", 2001, 2007),
        ("c.1821, printed 1830", 1816, 1830),
        ("plate 1743, impression c. 1750s", 1743, 1765),
        ("plate dated 1743, this impression c. 1755", 1743, 1760),
        ("1962 block/ 2007 print", 1962, 2007),
        ("Druck: 1900, Entwurf: 1898", 1898, 1900),
        ("Platte 1743, Abzug um 1755", 1743, 1760),
        ("gravé en 1743, tirage vers 1755", 1743, 1760),
        ("gravure : 1743 ; tirage : 1755", 1743, 1755),
        ("inciso nel 1743, stampato nel 1755", 1743, 1755),
        ("gegraveerd in 1743, gedrukt ca. 1755", 1743, 1760),
        ("grabado en 1743, impreso hacia 1755", 1743, 1760),
        ("plancha de 1743, estampación de 1937", 1743, 1937),
        ("published 1819, reprinted 1978–9", 1819, 1979),
        ("1967-1968 (executed 1968)", 1967, 1968),
        ("1965, printed after 1971", 1965, None),
        ("1794, reprinted 1831 or later", 1794, None),
        ("1958, printed no later than 1968", 1958, 1968),
        ("before 1929, printed c. 1929", None, 1934),
        ("1932, printed later", 1932, 1932),
        ("1935-38, published posthumously 1961", 1935, 1961),
        ("Originally in 1920. This reproduction was made probably in 1950s.", 1920, 1965),
    ],
)
def test_a_plate_and_an_impression_span_both(text: str, first: int, last: int | None) -> None:
    assert read(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Meiji 20", 1887, 1887),
        ("Tenpō 5", 1834, 1834),
        ("Tempo 5 (1834)", 1834, 1834),
        ("1861 (Bunkyū 1, 2nd month)", 1861, 1861),
        ("Kaei 5/II", 1852, 1852),
        ("Edo period", 1603, 1868),
        ("Edo-Zeit", 1603, 1868),
        ("époque d'Edo", 1603, 1868),
        ("periodo Edo (1603-1867)", 1603, 1867),
        ("Meiji era–Taishō era", 1868, 1926),
        ("late Meiji period", 1898, 1912),
        ("Kangxi period", 1662, 1722),
        ("Edo period, 19th century", 1800, 1868),
        ("Edo period (1603-1867), c. 1790-1830", 1785, 1835),
        ("19th century (c. 1860)", 1855, 1865),
        ("early 20th century (pre 1923)", 1900, 1923),
        ("After 1580, probably 1584", 1580, 1589),
        ("1830s (1830-1836)", 1830, 1836),
    ],
)
def test_dates_that_describe_one_making_narrow_each_other(text: str, first: int, last: int) -> None:
    assert read(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        *("n.d.", "N. D.", "[n.d.]", "nd", "no date", "not dated", "undated", "date unknown"),
        *("o. J.", "o.J.", "o. D.", "ohne Jahr", "ohne Datum", "undatiert", "unbekannt"),
        *("s.d.", "s. d.", "sans date", "non daté", "date inconnue"),
        *("senza data", "s.a.", "non datato"),
        *("z.j.", "zonder jaar", "ongedateerd"),
        *("s.f.", "s/f", "sin fecha", "-", "?"),
        *("Datierung: unbekannt", "12/50, not dated", "artist's proof, undated"),
    ],
)
def test_a_text_that_says_so_is_undated(text: str) -> None:
    assert is_undated(text)
    assert years(text) is None


@pytest.mark.parametrize(
    "text", ["", " ", "1820", "n.d. (c. 1820)", "not dated 1820", "after Raphael", "s.", "江戸時代"]
)
def test_a_text_with_a_date_or_anything_else_is_not_undated(text: str) -> None:
    assert not is_undated(text)


def sample() -> list[dict[str, str]]:
    with Path(__file__).with_name("dates.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pair(first: str, last: str) -> tuple[int | None, int | None] | None:
    return (int(first) if first else None, int(last) if last else None) if first or last else None


@pytest.mark.parametrize("row", sample(), ids=lambda row: row["text"])
def test_a_museums_date_is_read_as_before(row: dict[str, str]) -> None:
    assert read(row["text"]) == pair(row["read_from"], row["read_to"])


# Texts whose years the museum gives otherwise: a slip, the life of the maker, or more years for older prints.
SLIPS = {
    "1946, published c.1960–4",
    "c.1940-1950",
    "ca. 1970s",
    "early 17th century",
    "c. 1632-1641, printed after 1645",
    "mid-17th century",
    "1969/71",
    "c. 1926 -1940",
    "c.1640?",
    "1932, December",
    "1606?",
    "c. 1761 - mid 1830s",
}


def test_a_reading_holds_the_museums_years_but_for_its_slips() -> None:
    disagreeing = set()
    for row in sample():
        truth, found = pair(row["year_from"], row["year_to"]), years(row["text"])
        if truth and found:
            given = YearRange(year_min=truth[0], year_max=truth[1])
            if not found.holds(given):
                disagreeing.add(row["text"])

    assert disagreeing <= SLIPS


@pytest.mark.slow
@settings(deadline=None)
@given(YEARS, st.integers(0, 100))
def test_every_impression_ends_the_range_of_its_plate_in_every_language(
    first: int, length: int
) -> None:
    last = first + length
    styles = (
        f"{first}, printed {last}",
        f"{first} (reprinted {last})",
        f"plate {first}, impression {last}",
        f"gestochen {first}, gedruckt {last}",
        f"Entstehung: {first}; Druck: {last}",
        f"gravé en {first}, tirage de {last}",
        f"inciso nel {first}, ristampato nel {last}",
        f"gegraveerd in {first}, herdrukt in {last}",
        f"grabado en {first}, reimpreso en {last}",
    )

    found = {read(style) for style in styles}

    assert found == {(first, last)}


@settings(deadline=None)
@given(st.integers(1, 44))
def test_every_year_of_an_era_is_counted_from_its_first(number: int) -> None:
    styles = ("Meiji {}", "Meiji era {}", "Meiji {} ({})", "{1} (Meiji {0})", "Meiji-Zeit {}")

    found = {read(style.format(number, 1867 + number)) for style in styles}

    assert found == {(1867 + number, 1867 + number)}


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
    is_undated(text)


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
        ":",
        ";",
        "printed",
        "gestochen",
        "tirage",
        "plate",
        "Entwurf",
        "n.d.",
        "undated",
        "Meiji",
        "Edo",
        "period",
        "5",
        "later",
        "eeuw",
        "siglo",
        "painting",
        "1977",
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
