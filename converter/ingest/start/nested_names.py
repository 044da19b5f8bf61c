"""Say what a nested key of a JSON file means.

"creators.name" names a maker, "creators.id" isn't the work's id.
"""

from collections.abc import Iterable, Mapping

from converter.ingest.mapping.column_names import normalised


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(normalised, names))


# Keys above another one, which is then about people or pictures and not about the work.
_PEOPLE = frozenset(
    _folded(
        (
            *("creator", "creators", "artist", "artists", "maker", "makers", "contributors"),
            *("participants", "people", "persons", "constituents", "agents", "authors", "actors"),
            *("kunstler", "personen", "beteiligte", "auteurs", "artistes", "autori", "artisti"),
        )
    )
)
_PICTURES = frozenset(
    _folded(
        (
            *("image", "images", "media", "picture", "pictures", "photo", "photos", "image_urls"),
            *("primary_image", "resources", "bilder", "bild", "afbeeldingen", "immagini"),
        )
    )
)
# Keys below them, the best first.
_PEOPLES_NAMES = _folded(
    (
        *("concat_display_name", "display_name", "full_name", "name", "person_name"),
        *("artist_name", "mda", "fc", "label", "title"),
    )
)
_PICTURE_FILES = _folded(
    (
        *("original", "raw", "master", "full", "large", "url", "href", "src", "link", "file"),
        *("file_name", "path", "image_url"),
    )
)


def depth(column: str) -> int:
    """Return how many keys are above a column's own; 0 for a column of the work itself."""
    return column.strip(".").count(".")


def rank(field: str, column: str, order: Mapping[str, int]) -> int | None:
    """Return how well a nested column's name fits a field, 0 for best; `None` if it doesn't.

    Args:
        field: Such as `makers`.
        column: A dotted path, such as "creators.name".
        order: Names of the field, normalised, to how well they fit.
    """
    *above, last = _folded(column.strip(".").split("."))
    if _PEOPLE & set(above):
        return _place(last, _PEOPLES_NAMES) if field == "makers" else None
    if _PICTURES & set(above):
        return _place(last, _PICTURE_FILES) if field == "image" else None
    return None if field == "record_id" else order.get(last)


def _place(name: str, names: tuple[str, ...]) -> int | None:
    return names.index(name) if name in names else None
