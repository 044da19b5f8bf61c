"""A sheet that keeps its place: since when, how sharp it was, and its best frame so far.

Knows nothing of other sheets, of hints, or of prints taken before.
"""

import math
from dataclasses import dataclass

from device.imaging.frames import Frame
from device.recognition.sheet.detect import Corner
from device.service.capture.thumbnail import Thumbnail

Corners = tuple[Corner, ...]

# How far a corner may move in a hand held still, as a share of the sheet's diagonal.
MAX_STRAY = 0.015
# Least share of the best sharpness in a focused frame, and its rise between frames while a camera focuses.
SHARP = 0.7
RISE = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPrint:
    """The best frame of a print held still, and its sheet's corners in pixels of that frame."""

    frame: Frame
    corners: Corners


@dataclass(slots=True, kw_only=True)
class HoldTracker:
    """A sheet that keeps its place, and its best frame. Not thread-safe.

    Attributes:
        corners: The sheet's corners in pixels of the thumbnail.
        since_s: Time of the frame from which on the sheet has kept its place; all times are the frames' own.
        seen_s: Time of the last frame with the sheet.
        is_astray: Whether the sheet is out of its place in the latest frame.
        has_strayed: Whether the sheet was out of its place in any frame so far.
        best: The best frame so far; `None` before the first, and once it was taken.
        worth: `SheetQuality.worth` of the best frame; infinite once the best frame was taken.
        sharpest: The highest `SheetQuality.sharpness` so far.
        latest: The sharpness of the latest frame.
        unlike: Number of frames in a row in which the sheet looked like no print taken before.
        is_rising: Whether the sharpness rose with the latest frame.
    """

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

    def add(self, frame: Frame, corners: Corners, thumbnail: Thumbnail, small: Corners) -> None:
        """Keep a frame if it is the best so far, unless the best was taken already.

        Args:
            frame: The frame.
            corners: The sheet's corners in pixels of the frame.
            thumbnail: The frame, made small.
            small: The sheet's corners in the thumbnail.
        """
        if self.is_spent:
            return
        quality = thumbnail.quality(small)
        self.is_rising = quality.sharpness > RISE * self.latest
        self.latest = quality.sharpness
        self.sharpest = max(self.sharpest, quality.sharpness)
        if quality.worth > self.worth:
            self.worth = quality.worth
            self.best = HeldPrint(frame=frame, corners=corners)

    @property
    def is_spent(self) -> bool:
        """Whether the best frame was taken already, so that no further frame is kept."""
        return self.worth == math.inf

    @property
    def gets_sharper(self) -> bool:
        """Whether the camera still focuses, or has just lost the focus it had."""
        return self.is_rising or self.latest < SHARP * self.sharpest

    def take_best(self) -> HeldPrint | None:
        """Return the best frame, and keep neither it nor any later one."""
        best, self.best, self.worth = self.best, None, math.inf
        return best


def distance(one: Corners, other: Corners) -> float:
    """Return the largest distance of matching corners, as a share of the first diagonal."""
    across = math.dist((one[0].x, one[0].y), (one[2].x, one[2].y))
    down = math.dist((one[1].x, one[1].y), (one[3].x, one[3].y))
    return min(
        max(
            math.dist((a.x, a.y), (b.x, b.y))
            for a, b in zip(one, (*other[turn:], *other[:turn]), strict=True)
        )
        for turn in range(4)
    ) / max(across, down, 1.0)
