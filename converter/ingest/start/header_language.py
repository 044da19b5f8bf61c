"""Guess the language that a museum works in from the names of its columns."""

from collections import Counter
from collections.abc import Mapping, Sequence

from converter.ingest.mapping.column_names import normalised

_FEWEST = 2
# Words of one language alone among the names of columns; English says nothing, as every museum's software speaks it.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "de": (
        *(
            "kunstler",
            "kuenstler",
            "datierung",
            "technik",
            "inventarnummer",
            "inventarnr",
            "lizenz",
        ),
        *("bild", "titel", "objektart", "bemerkung", "creditzeile", "masse", "sammlung", "datei"),
    ),
    "fr": (
        *("titre", "artiste", "auteur", "datation", "numerodinventaire", "fichier", "droits"),
        *("technique", "remarque", "dimensions", "domaine"),
    ),
    "it": (
        "titolo",
        "autore",
        "artista",
        "datazione",
        "tecnica",
        "inventario",
        "immagine",
        "diritti",
    ),
    "nl": (
        *("titel", "kunstenaar", "vervaardiger", "datering", "techniek", "inventarisnummer"),
        *("objectnummer", "afbeelding", "opmerking", "afmetingen"),
    ),
    "es": ("titulo", "artista", "autor", "fecha", "tecnica", "inventario", "imagen", "derechos"),
}


def header_language(header: Sequence[str]) -> str | None:
    """Return the language of at least two columns' names; `None` where two languages tie."""
    names = {normalised(column) for column in header}
    found = Counter({tag: len(names & set(words)) for tag, words in _WORDS.items()})
    (best, count), (_, second) = found.most_common(2)
    return best if count >= _FEWEST and count > second else None
