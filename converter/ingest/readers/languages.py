"""Choose among the languages of a text, as LIDO and IIIF hand it out.

A text that a visitor may see in several languages becomes a column for each: `title` in the export's main language, and
`title_de` and the like for the others. Every other text is read in the main language alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# ISO 639-2's codes of three letters, as library systems write them, to those of BCP 47.
_SHORT = {
    "deu": "de",
    "dut": "nl",
    "eng": "en",
    "fra": "fr",
    "fre": "fr",
    "ger": "de",
    "ita": "it",
    "nld": "nl",
    "spa": "es",
}
# A tag as a column's name may end in; IIIF's "none" and "@none" mean no language.
_TAG = re.compile(r"(?!none\b)[a-z]{2,3}\b")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one language.

    Attributes:
        words: The text, without surrounding space.
        language: Such as "de"; empty where the export names none.
    """

    words: str
    language: str = ""


def language_of(tag: str | None) -> str:
    """Return the language of a BCP 47 tag, such as "de" for "de-CH"; empty for none."""
    found = _TAG.match((tag or "").strip().lower())
    return _SHORT.get(found[0], found[0]) if found else ""


def main_language(texts: Iterable[Sequence[Text]]) -> str:
    """Return the language that most records name first; empty where none is named."""
    first = Counter(next((text.language for text in one if text.language), "") for one in texts)
    first.pop("", None)
    return min(first, key=lambda language: (-first[language], language), default="")


def in_language(texts: Sequence[Text], language: str) -> tuple[str, ...]:
    """Return the texts in a language; without any, those without one, else in the first one's."""
    for wanted in (language, "", texts[0].language if texts else ""):
        found = tuple(dict.fromkeys(text.words for text in texts if text.language == wanted))
        if found:
            return found
    return ()


def by_language(field: str, texts: Sequence[Text], main: str) -> Mapping[str, str]:
    """Return the first text of each language, by column: `title`, and `title_de` for others."""
    cells = dict(zip((field,), in_language(texts, main), strict=False))
    for text in texts:
        if text.language and text.language != main:
            cells.setdefault(f"{field}_{text.language}", text.words)
    return cells
