"""Makers and years come from the events that made a work, and from no other."""

import pytest
from lxml import etree

from converter.ingest.readers.lido.elements import LidoElement, from_xml
from converter.ingest.readers.lido.events import making


def event(
    kind: str, date: str = "", earliest: str = "", latest: str = "", actors: str = ""
) -> LidoElement:
    """Return an event of this kind."""
    return from_xml(
        etree.fromstring(
            f"<event><eventType>{kind}</eventType>{actors}<eventDate><displayDate>{date}</displayDate><date>"
            f"<earliestDate>{earliest}</earliestDate><latestDate>{latest}</latestDate></date></eventDate></event>"
        )
    )


def term(text: str) -> str:
    """Return a term."""
    return f"<term>{text}</term>"


def actor(name: str, role: str = "", qualifier: str = "") -> str:
    """Return an actor in a role."""
    return (
        f"<eventActor><actorInRole><actor><nameActorSet><appellationValue>{name}</appellationValue></nameActorSet>"
        f"</actor><roleActor><term>{role}</term></roleActor>"
        f"<attributionQualifierActor>{qualifier}</attributionQualifierActor></actorInRole></eventActor>"
    )


@pytest.mark.parametrize(
    "kind",
    [
        *map(
            term,
            ("Herstellung", "Production", "CREATION", "Produzione", "Vervaardiging", "Producción"),
        ),
        "<conceptID>http://terminology.lido-schema.org/lido00007</conceptID>",
        "<conceptID>http://terminology.lido-schema.org/eventType/production</conceptID>",
    ],
)
def test_a_work_is_made_by_an_event_in_any_language(kind: str) -> None:
    made = making([event(kind, "um 1642", "1637", "1647")], "")
    assert (made.date, made.year_from, made.year_to) == ("um 1642", 1637, 1647)


def test_acquisition_and_restoration_date_nothing() -> None:
    events = [event(term("Erwerb"), "1990", "1990", "1990", actor("Dealer")), event("", "1991")]
    made = making(events, "")
    assert (made.date, made.year_from, made.makers) == ("", None, ())
    assert made.unknown_events == ("Erwerb", "no kind")


def test_production_dates_a_work_before_design_and_publication() -> None:
    events = [
        event(term("Entwurf"), "1500", actors=actor("Designer", "Inventor")),
        event(term("Veröffentlichung"), "1700", actors=actor("Publisher")),
        event(term("Herstellung"), "1600", actors=actor("Printer", "Stecher")),
    ]
    made = making(events, "")
    assert made.date == "1600"
    assert made.makers == ("Printer (Stecher)", "Designer (Inventor)", "Publisher")


def test_two_productions_span_a_range() -> None:
    events = [
        event(term("Druck"), "1700", "1700", "1700"),
        event(term("Herstellung"), "1640", "1640", "1641"),
    ]
    made = making(events, "")
    assert (made.date, made.year_from, made.year_to) == ("1700; 1640", 1640, 1700)


@pytest.mark.parametrize(
    ("earliest", "latest", "expected"),
    [
        ("1637-05-01", "1647-05-31", ("1637-1647", 1637, 1647)),
        ("01.05.1637", "1637", ("1637", 1637, 1637)),
        ("1637", "", ("after 1637", 1637, None)),
        ("", "-0050", ("before -50", None, -50)),
        ("around 1600", "?", ("", None, None)),
    ],
)
def test_years_are_read_as_standards_write_them(
    earliest: str, latest: str, expected: tuple[str, int | None, int | None]
) -> None:
    made = making([event(term("production"), "", earliest, latest)], "")
    assert (made.date, made.year_from, made.year_to) == expected


def test_roles_and_qualifiers_are_kept() -> None:
    actors = actor("Muster, Anton", "Stecher", "zugeschrieben") + actor("Beispiel, Eva")
    made = making([event(term("production"), actors=actors)], "")
    assert made.makers == ("Muster, Anton (Stecher, zugeschrieben)", "Beispiel, Eva")


def test_an_actor_that_is_only_displayed_is_a_maker() -> None:
    actors = "<eventActor><displayActorInRole>A. Muster, Stecher</displayActorInRole></eventActor>"
    assert making([event(term("production"), actors=actors)], "").makers == ("A. Muster, Stecher",)
