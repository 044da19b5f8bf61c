"""Write makers as `Name (role); Name (role)`, whatever way the museum writes them.

Life dates are left out: a label names the maker, and "1865" in the makers' line would be found as a word. Prefixes such
as "after" and trailing roles go into brackets behind the name, as they say what the person has to do with the print.
"""

import re
from functools import lru_cache

from converter.ingest.facets import split
from converter.ingest.table import LIST_SEPARATOR

_YEAR = r"(?:1[0-9]|20)[0-9]{2}"
_HAS_YEAR = re.compile(rf"\b{_YEAR}\b|\b{_YEAR}s\b")
_BORN = r"(?:(?:c|ca|um|b|born|geb|active|tätig|actif|attivo|fl|n)\.?\s*)?\*?"
# ", 1471-1528" or " 1865–1925" or " *1850", up to the next comma
_LIFE_DATES = re.compile(
    rf",\s*{_BORN}\s*{_YEAR}\b[^,;(]*|\s+{_BORN}\s*{_YEAR}\s*\??\s*[-–—][^,;(]*|\s+[*†]\s*{_YEAR}\b[^,;(]*",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*[(\[]((?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*)[)\]]")
# Words of attribution in front of a name. Italian "da" and German "von" are parts of names, so they are not among them.
_PREFIX = re.compile(
    r"(?:\(?(?P<word>"
    r"copy after|after|attributed to|circle of|follower of|workshop of|school of|style of|manner of|studio of"
    r"|possibly|probably|printed by|published by|engraved by"
    r"|kopie nach|nach|zugeschrieben an|zugeschrieben|umkreis von|umkreis|nachfolger von|werkstatt von|schule von"
    r"|gedruckt von|verlegt von|gestochen von"
    r"|d[’']après|attribué à|atelier de|entourage de|école de|imprimé par|publié par|gravé par"
    r"|copia da|attribuito a|bottega di|cerchia di|scuola di|stampato da|pubblicato da"
    r"|naar|toegeschreven aan|omgeving van|atelier van|school van"
    r"|según|copia de|atribuido a|taller de|círculo de|escuela de"
    r")\)?)(?::\s*|\s+|(?<=[’']))(?=[^\W\d_])",
    re.IGNORECASE,
)
# The last part of "Beispiel, Eva, Verlegerin" is a role, that of "Cranach, Lucas, d. Ä." is not.
_ROLE = re.compile(
    r"(?:.*\b)?(?:"
    r"(?:\w*(?:künstler|stecher|drucker|verleger|radierer|zeichner|lithogra(?:ph|f)|holzschneider|maler|entwerfer|autor"
    r"|herausgeber|formschneider|inventor|schneider))(?:in)?"
    r"|(?:\w*(?:artist|engraver|printer|publisher|etcher|printmaker|draughtsman|draftsman|lithographer|designer|painter"
    r"|woodcutter|inventor|editor|maker))"
    r"|artiste|graveu[rs]e?|imprimeu[rs]e?|édit(?:eur|rice)|lithographe|dessinat(?:eur|rice)|peintre|inventeur"
    r"|artista|incis(?:ore|rice)|stampat(?:ore|rice)|edit(?:ore|rice)|disegnat(?:ore|rice)|litografo|pitt(?:ore|rice)"
    r"|kunstenaar|graveur|drukker|uitgever|tekenaar|schilder|ontwerper|prentmaker|etser"
    r"|grabador|grabadora|impresor|editora?|dibujante|litógrafo|pintora?"
    r"|after|nach|naar|d[’']après|según|attributed|zugeschrieben"
    r")(?:\b.*)?",
    re.IGNORECASE,
)
# Roles that say no more than that the person made the print; in a column of roles they are left out.
_PLAIN_ROLES = ("artist", "künstler", "artiste", "artista", "kunstenaar", "maker", "creator")


def makers_text(text: str | None) -> str | None:
    """Return a record's makers, each once, separated by semicolons; `None` without any.

    Args:
        text: As in the museum's cell, with makers separated by semicolons or `LIST_SEPARATOR`.
    """
    parts = split(text, ";" + LIST_SEPARATOR)
    made = (maker(" ".join(part.split())) for part in parts)
    return "; ".join(dict.fromkeys(one for one in made if one)) or None


@lru_cache(maxsize=10_000)
def maker(text: str) -> str:
    """Return one maker as "Name (role)", without life dates."""
    roles: list[str] = []
    rest = text.strip(" ,;:")
    prefix = _PREFIX.match(rest)
    if prefix:
        rest = rest[prefix.end() :]
        roles.append(prefix["word"].casefold())
    name, brackets, behind = _around_brackets(rest)
    bare = _LIFE_DATES.sub("", name)
    if not bare.strip(" ,"):
        return text
    if bare != name or brackets:
        roles += brackets
    head, comma, last = bare.rpartition(",")
    if comma and head.strip(" ,") and _ROLE.fullmatch(last.strip()):
        bare = head
        roles.append(last.strip())
    roles += [part.strip() for part in behind.split(",") if part.strip(" .")]
    bare = bare.strip(" ,;:")
    distinct = list(dict.fromkeys(roles))
    return f"{bare} ({', '.join(distinct)})" if distinct else bare


def with_role(name: str, role: str, prefix: str) -> str:
    """Return a maker's name with the role and the prefix that its neighbouring cells hold."""
    words = [prefix.strip().rstrip(":").casefold()] if prefix.strip() else []
    if role.strip() and role.strip().casefold() not in _PLAIN_ROLES:
        words.append(role.strip())
    return f"{name} ({', '.join(words)})" if name and words else name


def _around_brackets(text: str) -> tuple[str, list[str], str]:
    """Return the name, the words in brackets that are no life dates, and the rest."""
    found = list(_BRACKET.finditer(text))
    if not found or not text[: found[0].start()].strip():
        return _BRACKET.sub("", text) if found and found[-1].end() < len(text) else text, [], ""
    words = [word for match in found for word in _words(match[1])]
    return text[: found[0].start()], words, _BRACKET.sub("", text[found[0].start() :])


def _words(inside: str) -> list[str]:
    """Return what a bracket says; of one with life dates, only the parts that are roles."""
    if not _HAS_YEAR.search(inside):
        return [inside.strip()] if inside.strip() else []
    parts = [part.strip() for part in re.split("[,;]", inside)]
    return [part for part in parts if not _HAS_YEAR.search(part) and _ROLE.fullmatch(part)]
