"""Statements in four languages are classed, and only those in copyright hide a picture."""

import pytest

from converter.ingest.rights import RightsClass, RightsReason, RightsRules, classify

IN_COPYRIGHT = (
    "http://rightsstatements.org/vocab/InC/1.0/",
    "https://rightsstatements.org/page/InC-OW-EU/1.0/?language=de",
    "rightsstatements.org/vocab/InC-RUU/1.0/",
    "InC-EDU",
    "© The Estate of an Example",
    "All rights reserved",
    "(c) 2020 Foo",
    "Copyright Jane Doe 1999",
    "Urheberrechtlich geschützt",
    "Alle Rechte vorbehalten",
    "Tous droits réservés",
    "Tous droits reserves",
    "© ADAGP, Paris 2020",
    "Tutti i diritti riservati",
    "2020, ProLitteris, Zürich",
    "In Copyright",
    "In Copyright - EU Orphan Work",
    "Not in the public domain",
    "Public domain; photo © Jane Doe",
    "CC BY 4.0, all rights reserved",
    "Œuvre protégée par le droit d'auteur",
    "Opera protetta dal diritto d'autore",
    "nicht gemeinfrei",
    "Rights reserved",
    "Copyright: Estate of X",
    "Urheberrecht: Erben X",
    "VG Bild-Kunst, Bonn 2021",
    "http://www.europeana.eu/rights/rr-f/",
    "This work may be protected by copyright",
    "Todos los derechos reservados",
    "Droits d’auteur : succession Picasso",
    "copyright protected",
    "Artist's copyright",
    "Still in copyright",
    "Copyright © 1999",
    "urheberrechtlich geschützt bis 2040",
    "Droits réservés",
    "© Museum, gemeinfrei",
    "Diritti riservati",
    "Copyright",
    "©",
    "yes, in copyright",
    "Urheberrechtsschutz bis 2035",
)
OPEN_LICENCE = (
    "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    "http://creativecommons.org/licenses/by-sa/3.0/de/deed.de",
    "CC BY-SA 4.0",
    "CC-BY",
    "cc by",
    "Creative Commons Attribution 4.0 International",
    "© Museum, CC BY 4.0",
    "Creative Commons Namensnennung - Nicht kommerziell",
    "© 2020 Museum https://creativecommons.org/licenses/by/4.0/",
    "CC BY-NC © Museum",
    "Licence Ouverte / Open Licence",
    "Some rights reserved",
)
PUBLIC_DOMAIN = (
    "https://creativecommons.org/publicdomain/zero/1.0/",
    "https://creativecommons.org/publicdomain/mark/1.0/deed.fr",
    "Public Domain Mark 1.0",
    "Public domain",
    "CC0",
    "CC0 1.0 Universal",
    "gemeinfrei",
    "Domaine public",
    "Dominio pubblico",
    "Pubblico dominio",
    "No copyright",
    "Not in copyright",
    "Copyright expired",
    "out of copyright",
    "Kein Urheberrecht",
    "urheberrechtlich nicht geschützt",
    "nicht mehr geschützt",
    "http://rightsstatements.org/vocab/NoC-US/1.0/",
    "NoC-NC",
    "No Copyright - United States",
    "Copyright: public domain",
    "Copyright status: Public domain",
    "libre de droits",
    "CC0 © Museum",
    "No rights reserved",
    "copyright: none",
    "No Copyright - Other Known Legal Restrictions",
    "Copyright has expired",
    "sans droit d'auteur",
    "Publiek domein",
    "Urheberrecht abgelaufen",
    "Urheberrecht erloschen",
    "Nicht urheberrechtlich geschützt",
    "Not protected by copyright",
    "In the public domain",
    "Creative Commons CC0 1.0",
    "Creative Commons Public Domain Mark",
)
UNKNOWN = (
    " ",
    "Copyright Undetermined",
    "Copyright not evaluated",
    "http://rightsstatements.org/vocab/CNE/1.0/",
    "UND",
    "No known copyright restrictions",
    "Kunsthaus",
    "Gift of Mr. X",
    "Rights status unknown",
    "copyright status unknown",
    "Urheberrecht ungeklärt",
    "Foto: Museum",
    "False",
    "Fragile; include",
    "Mit freundlicher Genehmigung",
    "Statut du droit d'auteur inconnu",
)


@pytest.mark.parametrize(
    ("statement", "rights_class"),
    [
        *((text, RightsClass.IN_COPYRIGHT) for text in IN_COPYRIGHT),
        *((text, RightsClass.OPEN_LICENCE) for text in OPEN_LICENCE),
        *((text, RightsClass.PUBLIC_DOMAIN) for text in PUBLIC_DOMAIN),
        *((text, RightsClass.UNKNOWN) for text in (*UNKNOWN, "", None)),
    ],
)
def test_a_statement_is_classed(statement: str | None, rights_class: RightsClass) -> None:
    assert classify(statement) is rights_class
    decision = RightsRules().decide(statement)
    assert decision.is_shown is (rights_class is not RightsClass.IN_COPYRIGHT)
    assert decision.is_undecided is (rights_class is RightsClass.IN_COPYRIGHT)


@pytest.mark.parametrize(
    ("rights", "is_shown"),
    [
        ("© ProLitteris, Zürich", False),
        ("©  prolitteris", False),
        ("Loan", False),
        ("Loan of the town", True),
        ("Public domain", True),
        (None, True),
    ],
)
def test_a_museums_list_hides_a_whole_text_or_a_prefix(rights: str | None, is_shown: bool) -> None:
    rules = RightsRules(hide_pictures=("© ProLitteris*", "Loan"))

    assert rules.decide(rights).is_shown is is_shown


def test_a_museums_list_shows_what_a_statement_would_hide() -> None:
    rules = RightsRules(show_pictures=("© Kunsthaus*", "All rights reserved"))

    assert rules.decide("© Kunsthaus 2020").reason is RightsReason.SHOW_LIST
    assert rules.decide("all rights  reserved").is_shown
    assert not rules.decide("© Jane Doe").is_shown


def test_of_two_lists_the_longer_text_decides_and_equal_ones_hide() -> None:
    rules = RightsRules(
        hide_pictures=("© Pro*", "Loan"), show_pictures=("*", "© ProLitteris, X", "Loan")
    )

    assert rules.decide("© ProLitteris, X").is_shown
    assert not rules.decide("© ProLitteris, Y").is_shown
    assert not rules.decide("Loan").is_shown
    assert rules.decide("© Jane Doe").is_shown
    assert not rules.decide("Loan").is_undecided
