"""From an answer's evidence and a record's link to what the closer sheets show. Pure, as the presenter is."""

from dataclasses import dataclass
from typing import Literal

from device.service import Answer, KioskService, Overlay
from kiosk_ui.presenter import Label

Extent = Literal["nearly_all", "most", "half", "part", "corner"]
Shape = Literal["wide", "tall"]

# From which share of the record's picture on each word holds.
_EXTENTS: tuple[tuple[float, Extent], ...] = (
    (0.85, "nearly_all"),
    (0.55, "most"),
    (0.4, "half"),
    (0.12, "part"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyPage:
    """A visitor's print beside and over its record's picture.

    Attributes:
        yours: Address of the visitor's print.
        places: How many places agree.
        extent: Over how much of the picture they do.
        area: Corners around them as SVG writes points, in a square of 1000 by 1000; empty for none.
        shape: Whether the pictures stand better beside or above each other.
    """

    label: Label
    yours: str
    places: int
    extent: Extent
    area: str
    shape: Shape
    in_reverse: bool


def address_of(service: KioskService, answer: Answer | None) -> str | None:
    """Give the address of the sheet that says why; `None` where there is nothing to show."""
    found = service.query.overlays.of(answer) if answer is not None else None
    return f"/why/{found.token}" if found is not None else None


def why_page(comparison: Overlay, label: Label) -> WhyPage:
    """Give what the sheet shows that says why."""
    evidence = comparison.answer.matches[0].evidence
    return WhyPage(
        label=label,
        yours=f"/why/{comparison.token}/yours.jpg",
        places=evidence.inliers if evidence else 0,
        extent=extent_of(comparison.share),
        area=" ".join(f"{1000 * c.x:.0f},{1000 * c.y:.0f}" for c in comparison.area),
        shape="wide" if label.width > label.height else "tall",
        in_reverse=bool(evidence and evidence.mirrored),
    )


def extent_of(share: float) -> Extent:
    """Give in a word how much of a picture a share of it is."""
    return next((extent for least, extent in _EXTENTS if share >= least), "corner")
