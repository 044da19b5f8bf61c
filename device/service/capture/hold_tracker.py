"""A sheet that keeps its place: since when, how well it was seen, and the best frame of it so far.

Knows nothing of other sheets, of hints, or of what was taken before.
"""

import math
from dataclasses import dataclass

from device.imaging.frames import Frame
from device.recognition.sheet.detect import Corner
from device.service.capture.thumbnail import Thumbnail

Corners = tuple[Corner, ...]

# How far a corner may stray from where it was, as a share of the sheet's diagonal, in a hand held still.
STRAYS = 0.015
# How much of its best sharpness a frame must have, and by how much it rises while a camera focuses.
SHARP = 0.7
RISES = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPrint:
    """The frame that shows a print best, and the sheet's corners in it, in its pixels."""

    frame: Frame
    corners: Corners


@dataclass(slots=True, kw_only=True)
class HoldTracker:
    """A sheet that has kept its place since a moment, and the best frame of it."""

    corners: Corners
    since_s: float
    seen_s: float
    is_astray: bool = False
    has_strayed: bool = False
    best: HeldPrint | None = None
    worth: float = -1.0
    sharpest: float = 0.0
    latest: float = 0.0
    unlike: int = 0
    is_rising: bool = True

    def keep(self, frame: Frame, corners: Corners, glance: Thumbnail, place: Corners) -> None:
        """Take a frame in, and keep it if it is the best so far and none has been taken."""
        if self.is_spent:
            return
        quality = glance.quality(place)
        self.is_rising = quality.sharpness > RISES * self.latest
        self.latest = quality.sharpness
        self.sharpest = max(self.sharpest, quality.sharpness)
        if quality.worth > self.worth:
            self.worth = quality.worth
            self.best = HeldPrint(frame=frame, corners=corners)

    @property
    def is_spent(self) -> bool:
        """Whether its print was taken."""
        return self.worth == math.inf

    @property
    def gets_sharper(self) -> bool:
        """Whether the camera still focuses, or has just lost the focus it had."""
        return self.is_rising or self.latest < SHARP * self.sharpest

    def let_go(self) -> HeldPrint | None:
        """Give the best frame and keep neither it nor any other."""
        best, self.best, self.worth = self.best, None, math.inf
        return best


def distance(one: Corners, other: Corners) -> float:
    """Give how far the corners of two sheets lie apart at most, as a share of the first one's diagonal."""
    across = math.dist((one[0].x, one[0].y), (one[2].x, one[2].y))
    down = math.dist((one[1].x, one[1].y), (one[3].x, one[3].y))
    return min(
        max(
            math.dist((a.x, a.y), (b.x, b.y))
            for a, b in zip(one, (*other[turn:], *other[:turn]), strict=True)
        )
        for turn in range(4)
    ) / max(across, down, 1.0)
