"""Turns an answer's evidence into the comparison with its record. Pure."""

from dataclasses import dataclass
from typing import Literal

from device.service import Answer, KioskService, Overlay
from kiosk_ui.labels import Label

Extent = Literal["nearly_all", "most", "half", "part", "corner"]
Shape = Literal["wide", "tall"]

# The least share of the record's picture for each word.
_EXTENTS: tuple[tuple[float, Extent], ...] = (
    (0.85, "nearly_all"),
    (0.55, "most"),
    (0.4, "half"),
    (0.12, "part"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPage:
    """A visitor's print next to and over its record's picture.

    Attributes:
        yours: Address of the visitor's print.
        places: Number of matching places (inliers).
        extent: How much of the record's picture the matching places span, in a word.
        area: Corners around the matching places, as SVG points in a square of 1000 by 1000; empty
            without any.
        shape: Shape of the record's picture, which decides how the two are arranged.
        in_reverse: Whether the visitor's print is mirrored.
    """

    label: Label
    yours: str
    places: int
    extent: Extent
    area: str
    shape: Shape
    in_reverse: bool


def address_of(service: KioskService, answer: Answer | None) -> str | None:
    """Return the address of an answer's comparison; `None` if there is none."""
    found = service.query.overlays.of(answer) if answer is not None else None
    return f"/why/{found.token}" if found is not None else None


def comparison_page(comparison: Overlay, label: Label) -> ComparisonPage:
    """Return the template's values for the comparison of a visitor's print with its record."""
    evidence = comparison.answer.matches[0].evidence
    return ComparisonPage(
        label=label,
        yours=f"/why/{comparison.token}/yours.jpg",
        places=evidence.inliers if evidence else 0,
        extent=extent_of(comparison.share),
        area=" ".join(f"{1000 * c.x:.0f},{1000 * c.y:.0f}" for c in comparison.area),
        shape="wide" if label.width > label.height else "tall",
        in_reverse=bool(evidence and evidence.mirrored),
    )


def extent_of(share: float) -> Extent:
    """Return the extent, `corner` to `nearly_all`, for the matching share of a picture, 0..1."""
    return next((extent for least, extent in _EXTENTS if share >= least), "corner")
