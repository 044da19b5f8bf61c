"""Patterns of the words in museums' dates, in English, German, French and Italian.

Only vocabulary: `converter.ingest.dates` decides what the words mean. All patterns are folded by `fold`, as dates are,
so "spätes", "spaetes" and "spates" are one word.
"""

import re
import unicodedata


def fold(text: str) -> str:
    """Return a text without case and accents, and with one kind of dash, quote and space."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub("[‐‑‒–—―−⁃]+", "-", plain)  # every kind of dash
    plain = re.sub("[‘’ʼ`´]", "'", plain)
    plain = re.sub(
        "([aou])e", r"\1", plain
    )  # "spaet" is how an export without umlauts writes "spät"
    return " ".join(plain.split())


def _any(words: str) -> str:
    """Return a pattern for any of some words; `_` is a space, `.` an optional full stop."""
    ordered = sorted(fold(words).split(), key=len, reverse=True)  # the longest first
    return (
        "(?:"
        + "|".join(re.escape(w).replace("_", " ").replace(r"\.", r"\.?") for w in ordered)
        + ")"
    )


YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"  # paper prints; a bare "800" is more likely something else

# Full words need a boundary after them; short forms may touch the year: "c1765", "ca.1765".
ABOUT = (
    "(?:"
    + _any(
        """circa about around approximately approx. um etwa ungefähr gegen vers environ env. autour_de verso
    intorno_al probably possibly perhaps wohl vermutlich vielleicht wahrscheinlich probablement peut-être
    probabilmente forse presumably"""
    )
    + r"(?![a-z])|"
    + _any("c. ca. cca. ~ ±")
    + "(?![a-z]))"
)
UNSURE = "(?:" + _any("circa ca. cca. c. about probably environ env.") + r"|\?)"

BEFORE = _any("before bef. vor avant prima_del prima_di ante pre")
AFTER = _any("after aft. nach après dopo dopo_il dopo_la post")
UNTIL = _any(
    """not_after no_later_than not_later_than until till by bis nicht_nach spätestens pas_après au_plus_tard jusqu'en
    jusqu'à fino_al non_dopo_il non_oltre_il"""
)
SINCE = _any(
    """not_before no_earlier_than not_earlier_than since from ab seit nicht_vor frühestens pas_avant au_plus_tôt
    depuis dès à_partir_de dal non_prima_del a_partire_dal"""
)
ONWARDS = _any(
    "onwards onward on or_later and_later und_später oder_später ff. et_après e_oltre or_after"
)
EARLIER = _any("or_earlier or_before oder_früher ou_avant o_prima")

OPENING = _any("between zwischen entre tra fra from von vom de du des dal dalla the il")
# Separators between the two ends of a range. Words need space around them, punctuation does not.
BETWEEN = (
    r"\s*[-/&,]\s*| " + _any("to until till bis à au al or oder ou o and und et e bis_zum") + " "
)

# Words for how the print was made or published; they do not change its year.
ACTION = _any(
    """dated datiert dat. daté datée datato published publ. pub. printed made issued executed engraved etched drawn
    erschienen gedruckt entstanden publiziert gestochen radiert publié publiée édité gravé imprimé pubblicato inciso
    stampato anno in im im_jahr im_jahre en nel nell'anno l'anno the il dem a.d. ad pubd."""
)
OF_THE = _any("of of_the in in_the des der du de de_la del dell' degli den dem the d'")
ERA = _any("a.d. ad ce c.e. n.chr. n._chr. n.c. d.c. apr._j.-c. ap._j.-c.")
BEFORE_CHRIST = (
    r"\b(?:"
    + _any("bc b.c. bce b.c.e. v.chr. v._chr. av.j.-c. av._j.-c. a.c. a._c.")
    + r")(?![a-z])"
)

CENTURY = _any(
    "century centuries cent. c. jahrhundert jahrhunderts jh. jhd. jhs. jhdt. jhdts. siècle siècles secolo secoli sec."
)
# After a French ending alone: "18e s."; a bare "20s" is a decade without a century.
FRENCH_CENTURY = r"(?:e|eme) ?s\.?"
CENTURY_FIRST = _any("secolo secoli sec. siècle")
ORDINAL_END = r"(?:\.|st|nd|rd|th|eme|e|er|re|o|°)?"
ORDINAL_WORDS = {
    fold(word): number
    for number, words in {
        14: "fourteenth vierzehntes vierzehnten quatorzième trecento",
        15: "fifteenth fünfzehntes fünfzehnten quinzième quattrocento",
        16: "sixteenth sechzehntes sechzehnten seizième cinquecento",
        17: "seventeenth siebzehntes siebzehnten dix-septième seicento",
        18: "eighteenth achtzehntes achtzehnten dix-huitième settecento",
        19: "nineteenth neunzehntes neunzehnten dix-neuvième ottocento",
        20: "twentieth zwanzigstes zwanzigsten vingtième novecento",
    }.items()
    for word in words.split()
}
ITALIAN_CENTURIES = _any(
    "trecento quattrocento cinquecento seicento settecento ottocento novecento"
)

DECADE_END = r"(?:'?s|er(?: jahren?s?)?|-er(?: jahren?s?)?)"
DECADE_BEFORE = _any("années les_années anni gli_anni den")

EARLY = _any(
    "early anfang beginn frühes frühe früher frühen début au_début inizio inizi beginning start"
)
MIDDLE = _any("mid middle mitte mittleres milieu metà")
LATE = _any("late end ende spätes späte später späten fin fine later")

NUMBERS = {
    1: _any(
        "first 1st 1. 1 erste erstes erster ersten 1re 1ère 1er première premier prima primo i i."
    ),
    2: _any(
        "second 2nd 2. 2 zweite zweites zweiter zweiten 2e 2ème 2nde seconde deuxième seconda secondo ii ii."
    ),
    3: _any("third 3rd 3. 3 dritte drittes dritter dritten 3e 3ème troisième terzo terza iii iii."),
    4: _any("fourth 4th 4. 4 vierte viertes vierter vierten 4e 4ème quatrième quarto iv iv."),
    0: _any(
        "last letzte letztes letzter letzten dernier dernière ultimo ultima"
    ),  # of any number of parts
}
FRACTIONS = {
    2: _any("half hälfte h. moitié metà"),
    3: _any("third drittel tiers terzo"),
    4: _any("quarter viertel v. quart quarto"),
}

MONTHS = _any(
    """january jan. januar jänner janvier janv. gennaio genn. february feb. februar février févr. fév. febbraio febbr.
    march mar. märz mrz. mars marzo april apr. avril avr. aprile may mai maggio magg. june jun. juni juin giugno
    july jul. juli juillet juil. luglio august aug. août agosto september sept. sep. septembre settembre sett.
    october oct. oktober okt. octobre ottobre ott. november nov. novembre december dec. dezember dez. décembre déc.
    dicembre dic. jany. feby. augt. septr. octr. novr. decr."""
)
SEASONS = _any(
    """spring summer autumn fall winter frühling frühjahr sommer herbst printemps été automne hiver primavera estate
    autunno inverno easter michaelmas ostern"""
)
MONTH = rf"(?:{MONTHS}\.?|{SEASONS})"
DAY = r"(?:[0-3]?[0-9])(?:\.|st|nd|rd|th|er)?"
