"""The conditions of a simulated capture: its factors, and the values drawn for them.

Half of the factors and of the backgrounds are the *holdout*. They are never used for tuning and are scored once, in the
closing report (`Suite.EVERYTHING`). The module knows nothing of pixels.
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The difficulty of a capture.

    EASY is a careful visitor at a good stand. NORMAL is an ordinary capture by hand. HARD is a bad capture of a print
    that a person would still recognise at once.
    """

    EASY = "easy"
    NORMAL = "normal"
    HARD = "hard"


class HandheldFactor(StrEnum):
    """One influence on the frame of a held print."""

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
    """A set of factors and backgrounds: the open half, or all with the holdout."""

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
    """The values drawn for one capture; each default means that its factor is absent.

    Attributes:
        background: One of `OPEN_BACKGROUNDS` or `HOLDOUT_BACKGROUNDS`.
        turn_deg: The sheet's rotation, clockwise, 0..360.
        fill: Size of the sheet's bounding box, as a share of the frame side that it fills most.
        off_middle: Offset from the centre, as a share of the free space.
        tilt_deg: Angle between the sheet's plane and the sensor's.
        margin: Paper around the picture, as a share of its longer side.
        paper: 0 for white paper, 1 for brown.
        thumbs: Number of thumbs that hold the sheet.
        reach: Distance that the thumbs reach over the sheet, as a share of the sheet's longer side.
        light: Darkening of the dark side, 0..1.
        stops: Exposure relative to a correct one.
        defocus_px, motion_px: Radius of the blur and length of the motion streak, in pixels of the frame.
        noise: Standard deviation, 0..255.
        curl: Height of the bend, as a share of the sheet's diagonal.
        crop: Share of the sheet's extent that lies outside the frame.
        glare: Strength of the highlights, 0..1; at 1 they hide the print.
        shadow: Darkness of a person's shadow, 0..1.
        warmth: Red relative to blue, in stops; negative values are cold.
        lens: Radial distortion at the frame's corner, as a share; negative values are barrel distortion.
        wear: Strength of stains and a fold, 0..1.
        tone: Binary logarithm of the tone curve's exponent.
        jpeg: JPEG quality, 0..100.
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
