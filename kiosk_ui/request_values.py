"""Reads filters, numbers, corners and pictures from requests, and refuses invalid ones."""

import re
from collections.abc import Iterable

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from device.errors import FilterError, PictureError
from device.service import FACETS, Corner, Filters, Order

MAX_MATCHES = 100
MAX_VALUES = 64
MAX_WORDS_LENGTH = 200
MAX_WHOLE_LENGTH = 1000
_YEARS = (-9999, 9999)
# A sheet's corner may lie slightly outside the picture.
_CORNER_RANGE = (-0.25, 1.25)
_MIN_AREA = 0.001
_FILTER_KEYS = frozenset({*FACETS, "year_from", "year_to", "undated", "words", "whole"})
# "image/jpg" is no registered type, but many programs send it.
_PICTURE_TYPES = frozenset(
    {"image/jpeg", "image/jpg", "image/png", "image/webp", "application/octet-stream"}
)


def read_filters(query: MultiDict[str, str], *, also: Iterable[str] = ()) -> Filters:
    """Return the filters of a query.

    Args:
        query: Such as `technique=etching&technique=woodcut&year_from=1500&undated=0`.
        also: Other permitted keys.

    Raises:
        FilterError: When a key is unknown or repeated, or a value is invalid.
    """
    refuse_unknown(query, {*_FILTER_KEYS, *also})
    return Filters(
        terms={facet: _terms(query, facet) for facet in FACETS if facet in query},
        year_from=read_number(query, "year_from", *_YEARS),
        year_to=read_number(query, "year_to", *_YEARS),
        undated=read_number(query, "undated", 0, 1) != 0,
        words=_words(query),
        whole=_whole(query),
    )


def read_number(query: MultiDict[str, str], key: str, least: int, most: int) -> int | None:
    """Return a whole number from a query; `None` if it is absent.

    Raises:
        FilterError: When the value isn't a whole number, or out of bounds.
    """
    text = _single(query, key)
    if text is None:
        return None
    # isdecimal() accepts other scripts' digits; int() accepts "1_000" and " 1".
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
        raise FilterError(f"{key}: expected a whole number, found {text[:40]!r}")
    if not least <= int(text) <= most:
        raise FilterError(f"{key}: expected {least} to {most}, found {text}")
    return int(text)


def read_corners(query: MultiDict[str, str]) -> tuple[Corner, ...] | None:
    """Return the sheet's corners from a query, clockwise; `None` if they are absent.

    Args:
        query: `corners=x1,y1,x2,y2,x3,y3,x4,y4`, in order around the sheet, as shares of the upright
            picture.

    Raises:
        FilterError: When they aren't four points within or near the picture, or don't bound a convex
            area.
    """
    text = _single(query, "corners")
    if text is None:
        return None
    values = [_share(part) for part in text.split(",", 8)]
    if len(values) != 8:
        raise FilterError(
            f"corners: expected four points x1,y1,...,x4,y4, found {len(values)} numbers"
        )
    points = list(zip(values[::2], values[1::2], strict=True))
    areas = [_cross_product(*(points[(n + k) % 4] for k in range(3))) for n in range(4)]
    if not (min(areas) > 0 or max(areas) < 0) or abs(sum(areas)) / 4 < _MIN_AREA:
        raise FilterError(
            "corners: expected four points around a sheet, found crossing or flat ones"
        )
    ordered = points if areas[0] > 0 else points[::-1]
    return tuple(Corner(x=x, y=y) for x, y in ordered)


def refuse_unknown(query: MultiDict[str, str], known: Iterable[str]) -> None:
    """Refuse a query with unknown keys.

    Raises:
        FilterError: Naming the first unknown key.
    """
    for key in query:
        if key not in known:
            raise FilterError(f"parameter {key[:40]!r}: expected one of {', '.join(sorted(known))}")


def read_picture(request: Request) -> bytes:
    """Return the picture in a request's body: the form's part `image`, or the body itself.

    Raises:
        PictureError: When the form lacks this part, or has others.
        UnsupportedMediaType: When the body is neither a form nor a picture of a known type.
    """
    if request.mimetype == "multipart/form-data":
        parts = [*request.files.items(multi=True), *request.form.items(multi=True)]
        if [name for name, _ in parts] != ["image"] or "image" not in request.files:
            raise PictureError("upload: expected one file called 'image' in the form")
        return bytes(request.files["image"].read())
    if request.mimetype not in _PICTURE_TYPES:
        raise UnsupportedMediaType(
            "upload: expected a form, or a body of type image/jpeg, image/png or image/webp, "
            f"found {request.mimetype[:40] or 'no type'}"
        )
    return request.get_data(cache=False)


def _share(text: str) -> float:
    least, most = _CORNER_RANGE
    # float() accepts "nan", "1_0" and other scripts' digits.
    is_number = re.fullmatch(r"-?[0-9]*\.?[0-9]+([eE]-?[0-9]{1,2})?", text, re.ASCII)
    if not (is_number and least <= float(text) <= most):
        raise FilterError(f"corners: expected shares of {least:g} to {most:g}, found {text[:40]!r}")
    return float(text)


def _cross_product(
    one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]
) -> float:
    """Return twice a triangle's area, above 0 if its corners are in clockwise order."""
    return (two[0] - one[0]) * (three[1] - two[1]) - (two[1] - one[1]) * (three[0] - two[0])


def _terms(query: MultiDict[str, str], facet: str) -> tuple[str, ...]:
    values = tuple(query.getlist(facet))
    if len(values) > MAX_VALUES:
        raise FilterError(f"{facet}: expected at most {MAX_VALUES} values, found {len(values)}")
    return values


def _words(query: MultiDict[str, str]) -> str:
    words = (_single(query, "words") or "").replace("\0", " ")
    if len(words) > MAX_WORDS_LENGTH:
        raise FilterError(
            f"words: expected at most {MAX_WORDS_LENGTH} characters, found {len(words)}"
        )
    return words


def _whole(query: MultiDict[str, str]) -> str:
    whole = _single(query, "whole") or ""
    if len(whole) > MAX_WHOLE_LENGTH:
        raise FilterError(
            f"whole: expected at most {MAX_WHOLE_LENGTH} characters, found {len(whole)}"
        )
    return whole


def read_order(query: MultiDict[str, str]) -> Order:
    """Return the order in a query, by default by maker.

    Raises:
        FilterError: When the order is unknown.
    """
    text = _single(query, "order") or Order.MAKER.value
    if text not in list(Order):
        raise FilterError(f"order: expected one of {', '.join(Order)}, found {text[:40]!r}")
    return Order(text)


def _single(query: MultiDict[str, str], key: str) -> str | None:
    values = query.getlist(key)
    if len(values) > 1:
        raise FilterError(f"{key}: expected one value, found {len(values)}")
    return values[0] if values else None
