"""Patterns of the words in museums' dates, in six languages.

English, German, French, Italian, Dutch and Spanish. Only vocabulary: `converter.ingest.dates.ranges` decides what the words mean. All patterns are folded by `fold`, as dates
are, so "spätes", "spaetes" and "spates" are one word.
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


def any_of(words: str) -> str:
    """Return a pattern for any of some words; `_` is a space, `.` an optional full stop."""
    ordered = sorted(fold(words).split(), key=len, reverse=True)  # the longest first
    return (
        "(?:"
        + "|".join(re.escape(w).replace("_", " ").replace(r"\.", r"\.?") for w in ordered)
        + ")"
    )


YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"  # paper prints; a bare "800" is more likely something else

# Full words need a boundary after them; short forms may touch the year: "c1765", "ca.1765", "?1829".
ABOUT = (
    r"(?:\?|"
    + any_of(
        """circa about around approximately approx. um etwa ungefähr gegen vers environ env. autour_de verso
    intorno_al probably possibly perhaps wohl vermutlich vielleicht wahrscheinlich probablement peut-être
    probabilmente forse presumably omstreeks rond ongeveer omtrent waarschijnlijk vermoedelijk mogelijk misschien
    hacia alrededor_de aproximadamente probablemente posiblemente quizá quizás tal_vez"""
    )
    + r"(?![a-z])|"
    + any_of("c. ca. cca. h. ~ ±")
    + "(?![a-z]))"
)
UNSURE = (
    "(?:"
    + any_of("circa ca. cca. c. about probably environ env. aproximadamente approximately")
    + r"|\?)"
)

BEFORE = any_of(
    """before bef. vor avant prima_del prima_di ante pre pre- in_or_before voor vóór in_of_voor antes_de antes_del
    anterior_a"""
)
AFTER = any_of(
    """after aft. nach après dopo dopo_il dopo_la post post- in_or_after na in_of_na después_de después_del
    posterior_a"""
)
UNTIL = any_of(
    """not_after no_later_than not_later_than until till by bis nicht_nach spätestens pas_après au_plus_tard jusqu'en
    jusqu'à fino_al non_dopo_il non_oltre_il niet_na uiterlijk tot tot_en_met hasta no_después_de"""
)
SINCE = any_of(
    """not_before no_earlier_than not_earlier_than since from ab seit nicht_vor frühestens pas_avant au_plus_tôt
    depuis dès à_partir_de dal non_prima_del a_partire_dal niet_voor vanaf sinds op_zijn_vroegst desde a_partir_de
    no_antes_de"""
)
ONWARDS = any_of(
    """onwards onward on or_later and_later und_später oder_später ff. et_après e_oltre or_after ou_après o_dopo
    of_later of_daarna en_later o_después o_posterior en_adelante"""
)
EARLIER = any_of(
    "or_earlier or_before oder_früher ou_avant o_prima of_eerder of_daarvoor o_antes o_anterior"
)

OPENING = any_of(
    "between zwischen entre tra fra from von vom de du des dal dalla the il either tussen van los las"
)
AND_OR = any_of("and und et e en y or oder ou o of u u.")
# Separators between the two ends of a range. Words need space around them, punctuation does not.
BETWEEN = (
    "-? "
    + any_of(
        "to until till bis à au al or oder ou o and und et e bis_zum u. en of tot t/m y a u hasta"
    )
    + r" |\s*[-/&]\s*"
)

ERA = any_of("a.d. ad ce c.e. n.chr. n._chr. n.c. d.c. apr._j.-c. ap._j.-c.")
BEFORE_CHRIST = (
    r"\b(?:"
    + any_of("bc b.c. bce b.c.e. v.chr. v._chr. av.j.-c. av._j.-c. a.c. a._c.")
    + r")(?![a-z])"
)
OF_THE = any_of(
    "of of_the in in_the des der du de de_la del dell' degli den dem the d' del_de_la van van_de van_het het"
)

CENTURY = any_of(
    """century centuries cent. c. jahrhundert jahrhunderts jahrhunderte jh. jhd. jhs. jhdt. jhdts. siècle siècles
    secolo secoli sec. eeuw"""
)
# After a French ending alone: "18e s."; a bare "20s" is a decade without a century.
FRENCH_CENTURY = r"(?:e|eme) ?s\.?"
CENTURY_FIRST = any_of("secolo secoli sec. secc. siècle siglo siglos")
SHORT_SIGLO = r"ss?\.?"  # before Roman numerals alone: "S. 18" is a page in German
ORDINAL_END = r"(?:\.|st|nd|rd|th|eme|e|er|re|o|°|de|ste)?"
ORDINAL_WORDS = {
    fold(word): number
    for number, words in {
        14: "fourteenth vierzehntes vierzehnten quatorzième trecento veertiende",
        15: "fifteenth fünfzehntes fünfzehnten quinzième quattrocento vijftiende",
        16: "sixteenth sechzehntes sechzehnten seizième cinquecento zestiende",
        17: "seventeenth siebzehntes siebzehnten dix-septième seicento zeventiende",
        18: "eighteenth achtzehntes achtzehnten dix-huitième settecento achttiende",
        19: "nineteenth neunzehntes neunzehnten dix-neuvième ottocento negentiende",
        20: "twentieth zwanzigstes zwanzigsten vingtième novecento twintigste",
    }.items()
    for word in words.split()
}
ITALIAN_CENTURIES = any_of(
    "trecento quattrocento cinquecento seicento settecento ottocento novecento"
)

DECADE_END = r"(?:'?s|er(?: jahren?s?)?|-er(?: jahren?s?)?)"
DECADE_BEFORE = (
    "(?:"
    + any_of("les los gli de die")
    + " )?"
    + any_of("années anni den década_de años jaren década_de_los")
)

EARLY = any_of(
    """early anfang beginn frühes frühe früher frühen début au_début inizio inizi beginning start begin vroege vroeg
    principios a_principios comienzos a_comienzos inicios a_inicios"""
)
MIDDLE = any_of("mid middle mitte mittleres milieu metà midden medio mediados a_mediados")
LATE = any_of(
    """late end ende spätes späte später späten fin fine later einde eind laat late finales a_finales fines a_fines
    final"""
)

NUMBERS = {
    1: any_of(
        """first 1st 1. 1 erste erstes erster ersten 1re 1ère 1er première premier prima primo i i. eerste 1e 1ste
        primera primer 1a"""
    ),
    2: any_of(
        """second 2nd 2. 2 zweite zweites zweiter zweiten 2e 2ème 2nde seconde deuxième seconda secondo ii ii. tweede
        2de segunda segundo 2a"""
    ),
    3: any_of(
        """third 3rd 3. 3 dritte drittes dritter dritten 3e 3ème troisième terzo terza iii iii. derde 3de tercer
        tercera"""
    ),
    4: any_of(
        "fourth 4th 4. 4 vierte viertes vierter vierten 4e 4ème quatrième quarto iv iv. vierde 4de cuarto cuarta"
    ),
    0: any_of(
        "last letzte letztes letzter letzten dernier dernière ultimo ultima laatste último última"
    ),  # of any number of parts
}
FRACTIONS = {
    2: any_of("half hälfte h. moitié metà helft mitad"),
    3: any_of("third drittel tiers terzo derde tercio"),
    4: any_of("quarter viertel v. quart quarto kwart cuarto"),
}

MONTHS = any_of(
    """january jan. januar jänner janvier janv. gennaio genn. february feb. februar février févr. fév. febbraio febbr.
    march mar. märz mrz. mars marzo april apr. avril avr. aprile may mai maggio magg. june jun. juni juin giugno
    july jul. juli juillet juil. luglio august aug. août agosto september sept. sep. septembre settembre sett.
    october oct. oktober okt. octobre ottobre ott. november nov. novembre december dec. dezember dez. décembre déc.
    dicembre dic. jany. feby. augt. septr. octr. novr. decr. januari februari maart mrt. mei augustus
    enero febrero abril mayo junio julio septiembre setiembre octubre noviembre diciembre"""
)
SEASONS = any_of(
    """spring summer autumn fall winter frühling frühjahr sommer herbst printemps été automne hiver primavera estate
    autunno inverno easter michaelmas ostern lente voorjaar zomer herfst najaar verano otoño invierno"""
)
ORDINAL_MONTH = (
    "(?:(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|intercalary) )?"
    "(?:lunar )?month"
)
MONTH = rf"(?:{MONTHS}\.?|{SEASONS}|{ORDINAL_MONTH})"  # "11th month" is a Japanese print's
ROMAN_MONTH = "(?:x?i{1,3}|i?v|vi{1,3}|i?x)"
DAY = r"(?:(?:0?[1-9]|[12][0-9]|3[01])(?:\.|st|nd|rd|th|er)?)"
