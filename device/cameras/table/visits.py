"""The kinds of visits that the replay shows, as movements of a sheet and of hands.

Pure: a visit follows from its kind and its seed alone. The times leave the ordinary search more than it needs: a sheet lies
still for seconds before it is taken away, and the table is empty before the next one comes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from device.cameras.table.tracks import Pose, PoseTrack, ValueTrack

# From a right hand to its elbow: unit vector. Hands come and go this way.
ARM = (0.852, 0.524)
# A hand that is this far from its grip, in units, is out of the picture.
HAND_REACH = 1150.0
_OUTSIDE = 1400.0


class VisitKind(StrEnum):
    """What happens with a print; the replay shows these in turn."""

    LAID = "laid on the table"
    TURNED = "laid sideways, then turned"
    HELD = "held in both hands"
    REVERSED = "in reverse"
    STRANGER = "not in the collection"
    NEARED = "first too far away"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandTrack:
    """A hand at a sheet's edge.

    Attributes:
        is_left: Whether it is the left hand, at the left edge; otherwise the right one.
        grip: Where it holds the edge: 0 at the top, 1 at the bottom.
        away: How far it is from its grip, 0..1.
    """

    is_left: bool
    grip: float
    away: ValueTrack


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A print's visit to the table.

    Attributes:
        kind: What happens.
        duration_s: Length, with the empty table before and after.
        sheet: Where the sheet is.
        hands: The hands that hold it.
        quarters: Clockwise quarter turns of the picture on the table.
        is_mirrored: Whether the print is in reverse.
        tremor: How much a held sheet trembles, in units.
    """

    kind: VisitKind
    duration_s: float
    sheet: PoseTrack
    hands: tuple[HandTrack, ...]
    quarters: int = 0
    is_mirrored: bool = False
    tremor: float = 0.0


def make_visit(kind: VisitKind, seed: int) -> Visit:
    """Return a visit of a kind; the seed decides where exactly the sheet comes to lie."""
    return _MAKERS[kind](np.random.default_rng([18, seed]))


def _laid(rng: np.random.Generator) -> Visit:
    return _lay(VisitKind.LAID, _near(rng, 14, 8, -3.0), is_left=False, grip=0.60)


def _turned(rng: np.random.Generator) -> Visit:
    place = _near(rng, -24, 6, 7.0)
    away = ValueTrack(((2.4, 0.0), (3.2, 1.0), (8.2, 1.0), (9.0, 0.0)))
    out = _beyond(place, is_left=True)
    turned = Pose(x=place.x - 30, y=place.y + 20, degrees=place.degrees - 34, lift=0.12)
    sheet = PoseTrack(
        (
            (0.5, out),
            (1.9, _lifted(place, 0.2)),
            (2.2, place),
            (9.2, place),
            (10.4, turned),
            (10.9, turned),
            (12.4, out),
        )
    )
    hand = HandTrack(is_left=True, grip=0.62, away=away)
    return Visit(kind=VisitKind.TURNED, duration_s=13.6, sheet=sheet, hands=(hand,), quarters=1)


def _held(rng: np.random.Generator) -> Visit:
    place = _lifted(_near(rng, 8, -6, 2.5), 0.45)
    below = Pose(x=place.x + 40, y=1250.0, degrees=-6.0, lift=1.0)
    one = Pose(x=place.x - 84, y=place.y + 66, degrees=-9.0, lift=0.5)
    other = Pose(x=place.x + 70, y=place.y + 30, degrees=9.0, lift=0.4)
    sheet = PoseTrack(
        ((0.5, below), (1.8, one), (2.7, other), (3.5, place), (11.4, place), (12.8, below))
    )
    still = ValueTrack(((0.0, 0.0),))
    hands = (
        HandTrack(is_left=True, grip=0.66, away=still),
        HandTrack(is_left=False, grip=0.60, away=still),
    )
    return Visit(kind=VisitKind.HELD, duration_s=13.6, sheet=sheet, hands=hands, tremor=0.8)


def _reversed(rng: np.random.Generator) -> Visit:
    place = _near(rng, 10, 4, 4.0)
    return _lay(VisitKind.REVERSED, place, is_left=False, grip=0.66, is_mirrored=True)


def _stranger(rng: np.random.Generator) -> Visit:
    return _lay(VisitKind.STRANGER, _near(rng, -12, 6, -5.0), is_left=True, grip=0.64)


def _neared(rng: np.random.Generator) -> Visit:
    place = _lifted(_near(rng, 6, 0, -2.0), 0.3)
    out = Pose(x=900.0, y=620.0, degrees=14.0, size=0.40, lift=0.0)
    far = Pose(x=place.x + 150, y=place.y + 110, degrees=8.0, size=0.40, lift=0.0)
    nearer = Pose(x=place.x + 110, y=place.y + 84, degrees=6.0, size=0.48, lift=0.1)
    sheet = PoseTrack(
        (
            (0.5, out),
            (1.7, far),
            (2.9, nearer),
            (4.4, place),
            (11.2, place),
            (12.6, _beyond(place, is_left=False)),
        )
    )
    hand = HandTrack(is_left=False, grip=0.62, away=ValueTrack(((0.0, 0.0),)))
    return Visit(kind=VisitKind.NEARED, duration_s=13.6, sheet=sheet, hands=(hand,), tremor=0.6)


_MAKERS: Mapping[VisitKind, Callable[[np.random.Generator], Visit]] = {
    VisitKind.LAID: _laid,
    VisitKind.TURNED: _turned,
    VisitKind.HELD: _held,
    VisitKind.REVERSED: _reversed,
    VisitKind.STRANGER: _stranger,
    VisitKind.NEARED: _neared,
}


def _lay(
    kind: VisitKind, place: Pose, *, is_left: bool, grip: float, is_mirrored: bool = False
) -> Visit:
    """Return a visit in which one hand lays a sheet down, and later takes it away."""
    out = _beyond(place, is_left=is_left)
    sheet = PoseTrack(
        (
            (0.5, out),
            (1.9, _lifted(place, 0.2)),
            (2.2, place),
            (11.0, place),
            (11.4, _lifted(place, 0.15)),
            (12.7, out),
        )
    )
    away = ValueTrack(((2.4, 0.0), (3.2, 1.0), (9.9, 1.0), (10.8, 0.0)))
    hand = HandTrack(is_left=is_left, grip=grip, away=away)
    return Visit(kind=kind, duration_s=13.6, sheet=sheet, hands=(hand,), is_mirrored=is_mirrored)


def _near(rng: np.random.Generator, x: float, y: float, degrees: float) -> Pose:
    """Return a place on the table near this one, so that no two prints lie alike."""
    across, down, turned = rng.uniform(-1, 1, 3)
    return Pose(x=x + 26 * across, y=y + 10 * down, degrees=degrees + 2.0 * turned)


def _beyond(place: Pose, *, is_left: bool) -> Pose:
    """Return the pose outside the picture from which a hand brings a sheet."""
    side = -1 if is_left else 1
    return Pose(
        x=place.x + side * ARM[0] * _OUTSIDE,
        y=place.y + ARM[1] * _OUTSIDE,
        degrees=place.degrees + side * 16,
        size=place.size,
        lift=1.0,
    )


def _lifted(pose: Pose, lift: float) -> Pose:
    return Pose(x=pose.x, y=pose.y, degrees=pose.degrees, size=pose.size, lift=lift)
