"""What a request asks for, read from its address and body; whatever isn't understood is refused."""

import re
from collections.abc import Iterable

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from device.errors import FilterError, PictureError
from device.service import FACETS, Corner, Filters, Order

MOST_MATCHES = 100
MOST_VALUES = 64
LONGEST_WORDS = 200
LONGEST_WHOLE = 1000
_YEARS = (-9999, 9999)
# A sheet's corner may lie a little outside of the picture.
_CORNERS = (-0.25, 1.25)
_LEAST_AREA = 0.001
_FILTERS = frozenset({*FACETS, "year_from", "year_to", "undated", "words", "whole"})
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
        whole=_whole(query),
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


def read_corners(query: MultiDict[str, str]) -> tuple[Corner, ...] | None:
    """Give the sheet's corners from a query, clockwise; `None` when it has none.

    Args:
        query: `corners=x1,y1,x2,y2,x3,y3,x4,y4`, in order around the sheet, as shares of the upright picture.

    Raises:
        FilterError: When they aren't four points within or near the picture, or bound no convex area.
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
    areas = [_turn(*(points[(n + k) % 4] for k in range(3))) for n in range(4)]
    if not (min(areas) > 0 or max(areas) < 0) or abs(sum(areas)) / 4 < _LEAST_AREA:
        raise FilterError(
            "corners: expected four points around a sheet, found them crossed or flat"
        )
    ordered = points if areas[0] > 0 else points[::-1]
    return tuple(Corner(x=x, y=y) for x, y in ordered)


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


def _share(text: str) -> float:
    least, most = _CORNERS
    # float() alone takes "nan", "1_0" and other scripts' digits.
    is_number = re.fullmatch(r"-?[0-9]*\.?[0-9]+([eE]-?[0-9]{1,2})?", text, re.ASCII)
    if not (is_number and least <= float(text) <= most):
        raise FilterError(f"corners: expected shares of {least:g} to {most:g}, found {text[:40]!r}")
    return float(text)


def _turn(one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]) -> float:
    """Give twice the area of a triangle: above 0 when its corners come clockwise."""
    return (two[0] - one[0]) * (three[1] - two[1]) - (two[1] - one[1]) * (three[0] - two[0])


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


def _whole(query: MultiDict[str, str]) -> str:
    whole = _single(query, "whole") or ""
    if len(whole) > LONGEST_WHOLE:
        raise FilterError(f"whole: expected at most {LONGEST_WHOLE} letters, found {len(whole)}")
    return whole


def read_order(query: MultiDict[str, str]) -> Order:
    """Give the order asked for in a query: the makers' where none is.

    Raises:
        FilterError: When there is no such order.
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
