"""What a request asks for, read from its address and body; whatever isn't understood is refused."""

from collections.abc import Iterable

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from device.errors import FilterError, PictureError
from device.service import FACETS, Filters

MOST_MATCHES = 100
MOST_VALUES = 64
LONGEST_WORDS = 200
_YEARS = (-9999, 9999)
_FILTERS = frozenset({*FACETS, "year_from", "year_to", "undated", "words"})
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "application/octet-stream"})


def read_filters(query: MultiDict[str, str], *, also: Iterable[str] = ()) -> Filters:
    """Give the filters in a query.

    Args:
        query: `technique=etching&technique=woodcut&year_from=1500&undated=0` and so on.
        also: Other keys that may be there.

    Raises:
        FilterError: When a key is unknown, repeated, or its value of another kind.
    """
    refuse_unknown(query, {*_FILTERS, *also})
    return Filters(
        terms={facet: _terms(query, facet) for facet in FACETS if facet in query},
        year_from=read_number(query, "year_from", *_YEARS),
        year_to=read_number(query, "year_to", *_YEARS),
        undated=read_number(query, "undated", 0, 1) != 0,
        words=_words(query),
    )


def read_number(query: MultiDict[str, str], key: str, least: int, most: int) -> int | None:
    """Give a whole number from a query; `None` when it isn't there.

    Raises:
        FilterError: When it is no number, or out of bounds.
    """
    text = _single(query, key)
    if text is None:
        return None
    # isdecimal() alone takes other scripts' digits, int() alone takes "1_000" and " 1".
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
        raise FilterError(f"{key}: expected a whole number, found {text[:40]!r}")
    if not least <= int(text) <= most:
        raise FilterError(f"{key}: expected {least} to {most}, found {text}")
    return int(text)


def refuse_unknown(query: MultiDict[str, str], known: Iterable[str]) -> None:
    """Refuse a query with other keys than the known ones.

    Raises:
        FilterError: Naming the first of them.
    """
    for key in query:
        if key not in known:
            raise FilterError(f"parameter {key[:40]!r}: expected one of {', '.join(sorted(known))}")


def read_picture(request: Request) -> bytes:
    """Give the picture in a request's body: the part `image` of a form, or the body itself.

    Raises:
        PictureError: When the form has no such part, or others.
        UnsupportedMediaType: When the body is said to be neither.
    """
    if request.mimetype == "multipart/form-data":
        parts = [*request.files.items(multi=True), *request.form.items(multi=True)]
        if [name for name, _ in parts] != ["image"] or "image" not in request.files:
            raise PictureError("upload: expected one file called 'image' in the form")
        return bytes(request.files["image"].read())
    if request.mimetype not in _PICTURES:
        raise UnsupportedMediaType(
            "upload: expected a form, or a body of type image/jpeg, image/png or image/webp, "
            f"found {request.mimetype[:40] or 'no type'}"
        )
    return request.get_data(cache=False)


def _terms(query: MultiDict[str, str], facet: str) -> tuple[str, ...]:
    values = tuple(query.getlist(facet))
    if len(values) > MOST_VALUES:
        raise FilterError(f"{facet}: expected at most {MOST_VALUES} values, found {len(values)}")
    return values


def _words(query: MultiDict[str, str]) -> str:
    words = (_single(query, "words") or "").replace("\0", " ")
    if len(words) > LONGEST_WORDS:
        raise FilterError(f"words: expected at most {LONGEST_WORDS} letters, found {len(words)}")
    return words


def _single(query: MultiDict[str, str], key: str) -> str | None:
    values = query.getlist(key)
    if len(values) > 1:
        raise FilterError(f"{key}: expected one value, found {len(values)}")
    return values[0] if values else None
