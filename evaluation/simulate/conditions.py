"""What a simulated capture is like: which factors there are, and what was drawn for one capture.

Half of the factors and of the backgrounds are *held back*: nobody tunes on them, and they are scored once, in the
closing report (`Suite.EVERYTHING`). Knows nothing of pixels.
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How hard a capture is.

    EASY is a careful visitor at a good stand, NORMAL an ordinary capture by hand, HARD a bad one of a print that a
    person would still know at once.
    """

    EASY = "easy"
    NORMAL = "normal"
    HARD = "hard"


class HandheldFactor(StrEnum):
    """One thing that happens between a print and a frame of it."""

    BACKGROUND = "background"
    TURN = "turn"
    SIZE = "size in frame"
    TILT = "tilt"
    MARGIN = "paper margin"
    FINGERS = "fingers"
    LIGHT = "uneven light"
    EXPOSURE = "exposure"
    DEFOCUS = "defocus"
    NOISE = "noise"
    CURL = "curl"
    CROP = "cut by the frame"
    GLARE = "glare"
    SHADOW = "cast shadow"
    WHITE_BALANCE = "white balance"
    MOTION = "motion"
    LENS = "lens distortion"
    WEAR = "stains and folds"
    TONE = "tone curve"
    JPEG = "JPEG"


HOLDOUT = frozenset(
    {
        HandheldFactor.CURL,
        HandheldFactor.CROP,
        HandheldFactor.GLARE,
        HandheldFactor.SHADOW,
        HandheldFactor.WHITE_BALANCE,
        HandheldFactor.MOTION,
        HandheldFactor.LENS,
        HandheldFactor.WEAR,
        HandheldFactor.TONE,
        HandheldFactor.JPEG,
    }
)
OPEN = frozenset(HandheldFactor) - HOLDOUT

OPEN_BACKGROUNDS = ("plain table", "wood", "cloth", "felt")
HOLDOUT_BACKGROUNDS = ("stone", "clutter", "checked cloth", "leather")


class Suite(StrEnum):
    """Which factors and backgrounds there are: the open half, or all of them, held-back ones too."""

    OPEN = "open"
    EVERYTHING = "everything"

    @property
    def factors(self) -> frozenset[HandheldFactor]:
        """The factors of this suite."""
        return OPEN if self is Suite.OPEN else frozenset(HandheldFactor)

    @property
    def backgrounds(self) -> tuple[str, ...]:
        """The backgrounds of this suite."""
        return OPEN_BACKGROUNDS if self is Suite.OPEN else OPEN_BACKGROUNDS + HOLDOUT_BACKGROUNDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What was drawn for one capture. The defaults are those of a factor that is absent.

    Attributes:
        background: One of `OPEN_BACKGROUNDS` or `HOLDOUT_BACKGROUNDS`.
        turn_deg: The sheet's turn, clockwise, 0..360.
        fill: The sheet's bounding box, as a share of the frame's side that it fills more of.
        off_middle: How far it lies off the middle, as a share of the room there is.
        tilt_deg: Between the sheet's plane and the sensor's.
        margin: Paper around the picture, as a share of its longer side.
        paper: 0 for white paper, 1 for brown.
        thumbs: How many hold the sheet.
        reach: How far they lie on it, as a share of its longer side.
        light: How much darker the dark side is, 0..1.
        stops: Exposure, against a good one.
        defocus_px, motion_px: Radius of the blur; length of the streak; pixels of the frame.
        noise: Standard deviation, 0..255.
        curl: Height of the bend, as a share of the sheet's diagonal.
        crop: Share of the sheet's extent that lies outside the frame.
        glare: How much of the print's own light the highlights drown, 0..1.
        shadow: How dark the edge of somebody's shadow is, 0..1.
        warmth: Red against blue, in stops; below 0 it is cold.
        lens: Radial distortion at the frame's corner, as a share; below 0 a barrel.
        wear: Stains and a fold, 0..1.
        tone: The tone curve's exponent, as a power of 2.
        jpeg: The encoder's quality.
    """

    background: str = "plain table"
    turn_deg: float = 0.0
    fill: float = 0.85
    off_middle: float = 0.0
    tilt_deg: float = 0.0
    margin: float = 0.0
    paper: float = 0.0
    thumbs: int = 0
    reach: float = 0.0
    light: float = 0.0
    stops: float = 0.0
    defocus_px: float = 0.0
    motion_px: float = 0.0
    noise: float = 0.0
    curl: float = 0.0
    crop: float = 0.0
    glare: float = 0.0
    shadow: float = 0.0
    warmth: float = 0.0
    lens: float = 0.0
    wear: float = 0.0
    tone: float = 0.0
    jpeg: int = 95
