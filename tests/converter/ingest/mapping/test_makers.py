"""Makers are written as names with roles, in whatever way the museum writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.ingest.mapping.makers import maker, makers_text, with_role


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Muster, Felix (1865 - 1925), Künstler", "Muster, Felix (Künstler)"),
        ("Beispiel, Eva, Verlegerin", "Beispiel, Eva (Verlegerin)"),
        ("nach Beispiel, Anton", "Beispiel, Anton (nach)"),
        ("After Example, Hans", "Example, Hans (after)"),
        ("(after) Raphael", "Raphael (after)"),
        ("d'après Rubens, Peter Paul", "Rubens, Peter Paul (d'après)"),
        ("Circle of Albrecht Dürer", "Albrecht Dürer (circle of)"),
        ("Printed by: Eva Sample", "Eva Sample (printed by)"),
        ("Zugeschrieben an Muster, Hans (um 1480-1540)", "Muster, Hans (zugeschrieben an)"),
        ("Hans Example (German, 1471-1528)", "Hans Example"),
        (
            "Marcantonio Raimondi (Italian, Argini (?) ca. 1480–before 1534 Bologna (?))",
            "Marcantonio Raimondi",
        ),
        ("Eva Sample (publisher, 1870-1930)", "Eva Sample (publisher)"),
        ("Dürer, Albrecht, 1471-1528, engraver", "Dürer, Albrecht (engraver)"),
        ("Dürer, Albrecht, 1471-1528", "Dürer, Albrecht"),
        ("Muster, Felix *1950", "Muster, Felix"),
        ("Cranach, Lucas, d. Ä.", "Cranach, Lucas, d. Ä."),
        ("Reynolds, Joshua, Sir, 1723-1792", "Reynolds, Joshua, Sir"),
        ("Unbekannt (Stecher)", "Unbekannt (Stecher)"),
        ("Vinci, Leonardo da", "Vinci, Leonardo da"),
        ("Van Gogh, Vincent", "Van Gogh, Vincent"),
        ("Nachtigall, Hans", "Nachtigall, Hans"),
        ("Master of 1466", "Master of 1466"),
        ("Unbekannt", "Unbekannt"),
        ("Blake, William", "Blake, William"),
        ("1865-1925", "1865-1925"),
        ("", ""),
    ],
)
def test_a_maker_is_written_as_name_and_role(text: str, expected: str) -> None:
    assert maker(text) == expected


def test_makers_are_listed_once_and_in_order() -> None:
    text = (
        "Muster, Hans (1471 - 1528), Stecher; Beispiel, Eva, Verlegerin\x1fMuster, Hans (Stecher)"
    )

    assert makers_text(text) == "Muster, Hans (Stecher); Beispiel, Eva (Verlegerin)"


def test_a_semicolon_in_brackets_separates_no_makers() -> None:
    assert makers_text("Eva (1870; 1930)") == "Eva"


@pytest.mark.parametrize("text", [None, "", " ; \x1f"])
def test_no_makers_are_none(text: str | None) -> None:
    assert makers_text(text) is None


@pytest.mark.parametrize(
    ("role", "prefix", "expected"),
    [
        ("Artist", "", "Eva"),
        ("Artist", "After", "Eva (after)"),
        ("Publisher", "", "Eva (Publisher)"),
        ("", "After:", "Eva (after)"),
        ("Printer", "Possibly", "Eva (possibly, Printer)"),
    ],
)
def test_roles_of_a_column_of_their_own_go_behind_the_name(
    role: str, prefix: str, expected: str
) -> None:
    assert with_role("Eva", role, prefix) == expected


@pytest.mark.slow
@given(st.text(max_size=60))
def test_any_text_stays_one_line_and_twice_is_as_once(text: str) -> None:
    once = makers_text(text)

    assert once is None or "\n" not in once
