"""Signs are found in a rights statement, in any version or spelling."""

import pytest

from converter.ingest.rights_words import RightsSign, signs


@pytest.mark.parametrize(
    ("statement", "sign"),
    [
        ("http://rightsstatements.org/vocab/InC/1.0/", RightsSign.RESERVED),
        ("https://rightsstatements.org/page/InC-OW-EU/1.0/?language=de", RightsSign.RESERVED),
        ("rightsstatements.org/vocab/NoC-US/1.0/", RightsSign.PUBLIC),
        ("https://rightsstatements.org/vocab/CNE/1.0/", RightsSign.UNSURE),
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.fr", RightsSign.WAIVED),
        ("http://creativecommons.org/publicdomain/mark/1.0/", RightsSign.PUBLIC),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/legalcode.it", RightsSign.LICENCE),
        ("http://creativecommons.org/licenses/by/3.0/ch/", RightsSign.LICENCE),
        ("http://www.europeana.eu/rights/rr-f/", RightsSign.RESERVED),
        ("InC-EDU", RightsSign.RESERVED),
        ("UND", RightsSign.UNSURE),
    ],
)
def test_an_address_or_code_is_one_sign(statement: str, sign: RightsSign) -> None:
    assert signs(statement) == {sign}


def test_a_negation_is_not_the_sign_that_it_denies() -> None:
    assert signs("No copyright") == {RightsSign.PUBLIC}
    assert signs("Not in the public domain") == {RightsSign.RESERVED}
    assert signs("Copyright status unknown") == {RightsSign.UNSURE}


def test_a_statement_may_have_several_signs() -> None:
    assert signs("Public domain; photo © Jane Doe") == {RightsSign.PUBLIC, RightsSign.HOLDER}


def test_other_text_has_no_sign() -> None:
    assert signs("Gift of Mr. X, 1917") == frozenset()
    assert signs("") == frozenset()
