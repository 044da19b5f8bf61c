"""Split a record's text into facet values, without translating or merging any."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from converter.ingest.relations import RelationText

# The name ends where life dates start, as in "Dürer, Albrecht, 1471-1528, engraver"; "Master of 1466" is a name.
_BORN = r"(?:(?:c|ca|um|b|born|geb)\.?\s*)?\*?[12][0-9]{3}"
_KEPT = (
    300  # characters of a text that other records may have, too; longer ones would fill the memory
)
_LIFE_DATES = re.compile(rf",\s*{_BORN}\b.*$|\s+{_BORN}\??\s*[-–—].*$", re.IGNORECASE | re.DOTALL)


def facet_values(
    *,
    classification: str | None,
    technique: str | None,
    institution: str | None,
    makers: str | None,
    relations: Sequence[RelationText],
) -> dict[str, tuple[str, ...]]:
    """Return a record's values for every facet; a facet without values has an empty tuple."""
    return {
        "classification": _values(classification, ";"),
        "technique": _values(technique, ",;"),
        "institution": _values(institution, ""),
        "maker": _makers(makers),
        "relation": _distinct(relation.kind for relation in relations) if relations else (),
    }


def split(text: str | None, signs: str) -> list[str]:
    """Split a text at each of the characters in `signs`, except within brackets.

    "woodcut (red, black), letterpress" has two parts.
    """
    text = text or ""
    parts, depth, start = [], 0, 0
    for found in _marks(signs).finditer(text):
        if found[0] in "([":
            depth += 1
        elif found[0] in ")]":
            depth = max(depth - 1, 0)
        elif not depth:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


@lru_cache(maxsize=16)
def _marks(signs: str) -> re.Pattern[str]:
    return re.compile(f"[()\\[\\]{re.escape(signs)}]")


def _values(text: str | None, signs: str) -> tuple[str, ...]:
    if len(text or "") > _KEPT:
        return _distinct(split(text, signs))
    return _values_again(text, signs)


@lru_cache(maxsize=8192)
def _values_again(text: str | None, signs: str) -> tuple[str, ...]:
    """Return the values in a text; records with the same text share them."""
    return _distinct(split(text, signs))


def _makers(text: str | None) -> tuple[str, ...]:
    if len(text or "") > _KEPT:
        return _distinct(map(maker_name, split(text, ";")))
    return _makers_again(text)


@lru_cache(maxsize=8192)
def _makers_again(text: str | None) -> tuple[str, ...]:
    return _distinct(map(maker_name, split(text, ";")))


def maker_name(maker: str) -> str:
    """Return a maker's name without role and life dates, so that each person is one value.

    "Vallotton, Felix (1865 - 1925), Kuenstler" is "Vallotton, Felix"; "(after) Raphael" is "Raphael".
    """
    name = re.split(r"[(\[]", maker, maxsplit=1)[0]
    if not name.strip(" ,;"):  # starts with a bracket
        name = re.sub(r"\([^)]*\)|\[[^\]]*\]|[()\[\]]", " ", maker)
    name = _LIFE_DATES.sub("", name) or name
    return name.strip(" ,;:")


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    bare = (" ".join(value.split()) for value in values)
    return tuple(dict.fromkeys(value for value in bare if value))
