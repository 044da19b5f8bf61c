"""Find known addresses and usual words in a rights statement.

Addresses are those of rightsstatements.org, Creative Commons and Europeana, in any version, language and scheme. Words
are English, German, French and Italian, with the commonest of Dutch and Spanish. This module knows no rule of what
outweighs what.
"""

import re
import unicodedata
from enum import Enum, auto


class RightsSign(Enum):
    """Something that a rights statement says."""

    RESERVED = auto()
    HOLDER = auto()
    LICENCE = auto()
    WAIVED = auto()
    PUBLIC = auto()
    UNSURE = auto()


_RIGHTS_STATEMENTS = re.compile(
    r"(?:https?://)?(?:www\.)?rightsstatements\.org/(?:vocab|page|data)/([a-z]+)[^\s,;<>\"]*"
)
_RS_SIGNS = {"inc": RightsSign.RESERVED, "noc": RightsSign.PUBLIC}
_CREATIVE_COMMONS = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/(publicdomain/zero|about/cc0|publicdomain|about/pdm|licen[cs]es)\b[^\s,;<>\"]*"
)
_CC_SIGNS = {
    "publicdomain/zero": RightsSign.WAIVED,
    "about/cc0": RightsSign.WAIVED,
    "publicdomain": RightsSign.PUBLIC,
    "about/pdm": RightsSign.PUBLIC,
}
_EUROPEANA = re.compile(
    r"(?:https?://)?(?:www\.)?europeana\.eu/rights/(rr|out-of-copyright|unknown)[^\s,;<>\"]*"
)
_EUROPEANA_SIGNS = {"rr": RightsSign.RESERVED, "out-of-copyright": RightsSign.PUBLIC}
# The codes of rightsstatements.org where they are the whole statement.
_CODE = re.compile(r"(inc|noc|cne|und|nkc)(?:-(?:[a-z]{2,4}|ow-eu))?(?: 1\.0)?")

_COPYRIGHT = (
    r"(?:copyrights?|urheberrecht(?:e|s|lich)?|urheberschutz|droits? d'auteurs?|diritt[oi] d'autore|derechos? de autor"
    r"|auteursrecht(?:en|elijk)?)"
)
# Each group's matches are removed from the text before the next group looks at it: "no copyright" names no holder.
_WORDS: tuple[tuple[RightsSign, str], ...] = (
    (
        RightsSign.RESERVED,
        # "not in the public domain" first, because it contains the words for the opposite
        r"\b(?:not|never)(?: yet)?(?: in)?(?: the)? public[- ]domain|\bnicht gemeinfrei|\b(?:pas|non)(?: encore)? (?:dans le )?domaine public"
        r"|\bnon (?:e )?(?:di|in|nel) (?:pubblico dominio|dominio pubblico)",
    ),
    (
        RightsSign.WAIVED,
        r"\bcc ?-?(?:0|zero)\b|\bcreative commons (?:zero|0)\b|\bno rights reserved",
    ),
    (
        RightsSign.LICENCE,
        r"\bcc[ -](?:by|sa|nc|nd|sampling)\b(?:[ -](?:sa|nc|nd)\b)*|\bcreative[ -]commons\b(?! (?:\||public))|\bsome rights reserved"
        r"|\bopen government licen[cs]e|\blicence ouverte|\betalab\b|\bdatenlizenz deutschland|\bgnu free documentation|\bgfdl\b",
    ),
    (
        RightsSign.UNSURE,
        rf"\b{_COPYRIGHT}(?: status| is| ist| est)*[: ]*(?:not (?:yet )?(?:evaluated|determined|known)|undetermined|unknown|unclear"
        r"|nicht (?:geklart|bewertet|bekannt)|ungeklart|unbekannt|inconnu\w*|non evalue\w*|sconosciut\w*|non valutat\w*)"
        rf"|\bno known {_COPYRIGHT}(?: restrictions)?",
    ),
    (
        RightsSign.PUBLIC,
        r"\bpublic[- ]domain(?: mark(?: 1\.0)?)?|\bgemeinfrei\w*|\bdomaine[- ]public|\bpubblico dominio|\bdominio (?:pubblico|publico)"
        r"|\bpubliek domein|\brechtefrei|\burheberrechtsfrei|\blibres? de (?:tous )?droits?|\blibero da diritti|\brechtenvrij"
        rf"|\b(?:no|not in|not under|out of|without|free of|free from|kein|keine|ohne|nicht|sans|pas de|senza|nessun|sin|geen) {_COPYRIGHT}"
        rf"(?: (?:restrictions?|protected|geschutzt))?|\bnot (?:\w+ )?(?:protected by|subject to) {_COPYRIGHT}"
        rf"|\b{_COPYRIGHT}(?: protection| has| is| schutz| nicht(?: mehr)?)*[: ]+(?:none|no|free|expired|lapsed|kein\w*|abgelaufen|erloschen"
        r"|geschutzt (?:nein|no)|aucun|nessuno|scaduto|expire)\b|\b(?:urheberrechtlich )?nicht (?:mehr )?(?:urheberrechtlich )?geschutzt",
    ),
    (
        RightsSign.RESERVED,
        r"\brights? reserved|\b(?:alle|samtliche) rechte\b|\brechte vorbehalten|\bdroits (?:\w+ )?reserves|\btous droits\b"
        r"|\bdiritti (?:\w+ )?riservati|\bderechos reservados|\brechten voorbehouden|\bin copyright\b|\bunder copyright\b"
        r"|\bcopyright[- ]protected|\bprotected (?:by|under) copyright|\burheberrechtlich geschutzt|\burheberrechtsgeschutzt"
        r"|\bauteursrechtelijk beschermd|\bproteg\w* par (?:le |les )?droits? d'auteur|\bprotett\w* da(?:l)? (?:diritto d'autore|copyright)"
        r"|\bpro ?litteris|\b(?:vg )?bild-?kunst|\badagp\b|\bsiae\b|\bdacs\b|\bpictoright|\bsabam\b|\bvegap\b|\bbildrecht\b|\bsodrac\b"
        r"|\bartists rights society|\bars,? (?:new york|ny)\b|\bviscopy\b|\bbono,? oslo|\bsofam\b",
    ),
    (
        RightsSign.HOLDER,
        rf"©|ⓒ|\(c\)(?= ?\w)|\bcopr\.|\b{_COPYRIGHT}(?! status)[ :,.-]*\w|\b{_COPYRIGHT}$|\bsous {_COPYRIGHT}",
    ),
)
_COMPILED = tuple((sign, re.compile(words)) for sign, words in _WORDS)


def signs(statement: str) -> frozenset[RightsSign]:
    """Return what a rights statement says; nothing if it isn't understood."""
    text = _folded(statement)
    found: set[RightsSign] = set()
    code = _CODE.fullmatch(text)
    if code:
        return frozenset({_RS_SIGNS.get(code[1], RightsSign.UNSURE)})
    for pattern, known, other in (
        (_RIGHTS_STATEMENTS, _RS_SIGNS, RightsSign.UNSURE),
        (_CREATIVE_COMMONS, _CC_SIGNS, RightsSign.LICENCE),
        (_EUROPEANA, _EUROPEANA_SIGNS, RightsSign.UNSURE),
    ):
        found |= {known.get(match[1], other) for match in pattern.finditer(text)}
        text = pattern.sub(" ", text)
    for sign, words in _COMPILED:
        if words.search(text):
            found.add(sign)
            text = " ".join(words.sub(" | ", text).split())
    return frozenset(found)


def _folded(statement: str) -> str:
    """Return a statement in lower case without accents, with plain apostrophes and hyphens."""
    text = unicodedata.normalize("NFD", statement.casefold().replace("’", "'"))
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = re.sub(r"[‐-―_]", "-", text)
    return " ".join(text.split())
