"""Read what LIDO's elements have in common: names, languages, preferred values, concepts.

LIDO 1.0 and 1.1 share one namespace. Elements are compared by their local names, so a file of either is read, and one that
was harvested by OAI-PMH as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from converter.ingest.readers.languages import Text, language_of

# Values of `lido:pref`: a word in LIDO 1.0, an address of the LIDO terminology in 1.1.
_PREFERRED = ("preferred", "lido00169", "/preferred")
_ALTERNATE = ("alternate", "alternative", "lido00170", "/alternate")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(slots=True)  # frozen would triple the time to make one
class LidoElement:
    """An element of a record, found by its name without a walk of the tree.

    Attributes:
        words: Its own text, without surrounding space.
        language: Its language, or that of the nearest element around it that names one.
        attributes: By name without namespace.
        parts: The elements in it, by name without namespace, in the file's order.
    """

    words: str
    language: str
    attributes: dict[str, str]
    parts: "dict[str, list[LidoElement]]"


@lru_cache(maxsize=4096)
def local_name(tag: str) -> str:
    """Return an element's or attribute's name without its namespace."""
    return tag.rpartition("}")[2]


_language_of = lru_cache(maxsize=4096)(language_of)


def from_xml(element: "etree._Element", language: str = "") -> LidoElement:
    """Return an element of the parser with all that is in it, in one walk."""
    attributes = {local_name(key): value.strip() for key, value in element.items()}
    language = _language_of(attributes.get("lang")) or language
    parts: dict[str, list[LidoElement]] = {}
    # The parser has left out comments and instructions, and refused entities, so that only elements are in it.
    for child in element:
        parts.setdefault(local_name(child.tag), []).append(from_xml(child, language))
    return LidoElement((element.text or "").strip(), language, attributes, parts)


def children(element: LidoElement, *names: str) -> Iterator[LidoElement]:
    """Yield the elements at the end of a path of names, in the file's order."""
    found = element.parts.get(names[0], ())
    if len(names) == 1:
        yield from found
        return
    for child in found:
        yield from children(child, *names[1:])


def attribute(element: LidoElement, name: str) -> str:
    """Return an attribute by its name without namespace; empty without it."""
    return element.attributes.get(name, "")


def texts(element: LidoElement, *names: str) -> list[Text]:
    """Return the texts at the end of a path: preferred ones first, alternate ones last."""
    found = [one for one in children(element, *names) if one.words]
    if len(found) > 1:
        found.sort(key=_preference)
    return [Text(one.words, one.language) for one in found]


def terms(concept: LidoElement) -> list[Text]:
    """Return the names of a concept: LIDO's own terms, else the labels of SKOS."""
    return texts(concept, "term") or texts(concept, "Concept", "prefLabel")


def addresses(concept: LidoElement) -> list[str]:
    """Return the web addresses that identify a concept."""
    found = [one.words for one in children(concept, "conceptID")]
    found += [attribute(one, "about") for one in children(concept, "Concept")]
    return [text for text in found if _ADDRESS.fullmatch(text)]


def _preference(element: LidoElement) -> int:
    preference = attribute(element, "pref").lower()
    if preference.endswith(_PREFERRED):
        return 0
    return 2 if preference.endswith(_ALTERNATE) else 1
