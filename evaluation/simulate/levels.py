"""The strength of each factor at each level, and the drawing of a capture's conditions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.simulate.conditions import Conditions, HandheldFactor, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """The ranges of one level's conditions.

    A pair is the lowest and the highest value. A single number is the largest deviation either way.

    Attributes:
        turn_deg: Largest rotation from upright, either way.
        quarter: Share of captures that are also rotated by one, two or three right angles.
        thumbs: Possible numbers of thumbs, each with the same probability.
        crop_share, glare_share, shadow_share, motion_share: Share of captures in which the factor occurs.
    """

    turn_deg: float
    quarter: float
    fill: tuple[float, float]
    off_middle: float
    tilt_deg: tuple[float, float]
    margin: tuple[float, float]
    paper: float
    thumbs: tuple[int, ...]
    reach: tuple[float, float]
    light: tuple[float, float]
    stops: float
    defocus_px: tuple[float, float]
    noise: tuple[float, float]
    curl: tuple[float, float]
    crop: tuple[float, float]
    crop_share: float
    glare: tuple[float, float]
    glare_share: float
    shadow: tuple[float, float]
    shadow_share: float
    warmth: float
    motion_px: tuple[float, float]
    motion_share: float
    lens: float
    wear: tuple[float, float]
    tone: float
    jpeg: tuple[int, int]


RANGES = {
    Level.EASY: Ranges(
        turn_deg=8,
        quarter=0,
        fill=(0.78, 0.92),
        off_middle=0.5,
        tilt_deg=(0, 8),
        margin=(0, 0.08),
        paper=0.4,
        thumbs=(0, 0, 1),
        reach=(0.02, 0.05),
        light=(0.05, 0.2),
        stops=0.25,
        defocus_px=(0, 0.8),
        noise=(1, 4),
        curl=(0, 0.01),
        crop=(0, 0),
        crop_share=0,
        glare=(0.1, 0.35),
        glare_share=0.25,
        shadow=(0.05, 0.15),
        shadow_share=0.2,
        warmth=0.15,
        motion_px=(1, 2),
        motion_share=0.2,
        lens=0.01,
        wear=(0, 0.2),
        tone=0.15,
        jpeg=(85, 95),
    ),
    Level.NORMAL: Ranges(
        turn_deg=25,
        quarter=0.25,
        fill=(0.6, 0.9),
        off_middle=0.8,
        tilt_deg=(3, 24),
        margin=(0, 0.12),
        paper=0.8,
        thumbs=(0, 1, 2, 2),
        reach=(0.03, 0.09),
        light=(0.1, 0.4),
        stops=0.6,
        defocus_px=(0.4, 1.7),
        noise=(3, 8),
        curl=(0, 0.03),
        crop=(0.01, 0.06),
        crop_share=0.15,
        glare=(0.3, 0.8),
        glare_share=0.4,
        shadow=(0.1, 0.35),
        shadow_share=0.35,
        warmth=0.35,
        motion_px=(2, 6),
        motion_share=0.3,
        lens=0.03,
        wear=(0, 0.5),
        tone=0.3,
        jpeg=(65, 92),
    ),
    Level.HARD: Ranges(
        turn_deg=180,
        quarter=0,
        fill=(0.45, 0.95),
        off_middle=1.0,
        tilt_deg=(10, 38),
        margin=(0, 0.15),
        paper=1.0,
        thumbs=(1, 2, 2, 3),
        reach=(0.05, 0.14),
        light=(0.25, 0.6),
        stops=1.1,
        defocus_px=(0.8, 2.8),
        noise=(6, 14),
        curl=(0.01, 0.06),
        crop=(0.03, 0.15),
        crop_share=0.35,
        glare=(0.6, 1.0),
        glare_share=0.65,
        shadow=(0.25, 0.55),
        shadow_share=0.55,
        warmth=0.6,
        motion_px=(4, 12),
        motion_share=0.45,
        lens=0.06,
        wear=(0.1, 1.0),
        tone=0.5,
        jpeg=(40, 80),
    ),
}


def draw_conditions(
    rng: np.random.Generator,
    level: Level,
    factors: Collection[HandheldFactor],
    backgrounds: tuple[str, ...],
) -> Conditions:
    """Draw a capture's conditions.

    Every factor draws its random numbers even if it is absent, so that a factor alone is as strong as together with the
    others. An occasional factor always occurs when it is alone.

    Args:
        rng: Source of randomness.
        level: The capture's difficulty.
        factors: The factors that are present; the others keep the defaults of `Conditions`.
        backgrounds: The backgrounds to choose from.
    """
    draws = _FactorDraws(
        {factor: rng.random(4) for factor in HandheldFactor}, is_alone=len(factors) == 1
    )
    ranges = RANGES[level]
    values = _scene(draws, ranges, backgrounds) | _camera(draws, ranges)
    drawn = {key: value for f in HandheldFactor if f in factors for key, value in values[f].items()}
    return Conditions(**drawn)  # type: ignore[arg-type]  # each value is of its field's type


_Values = dict[HandheldFactor, dict[str, float | int | str]]


class _FactorDraws:
    """Four random numbers 0..1 for each factor, and the values made from them."""

    def __init__(
        self, numbers: Mapping[HandheldFactor, npt.NDArray[np.float64]], *, is_alone: bool
    ) -> None:
        self._numbers = numbers
        self._is_alone = is_alone

    def of(self, factor: HandheldFactor, number: int = 0) -> float:
        return float(self._numbers[factor][number])

    def at(self, pair: tuple[float, float], factor: HandheldFactor, number: int = 0) -> float:
        return pair[0] + (pair[1] - pair[0]) * self.of(factor, number)

    def around(self, most: float, factor: HandheldFactor) -> float:
        return self.at((-most, most), factor)

    def sometimes(self, pair: tuple[float, float], share: float, factor: HandheldFactor) -> float:
        return self.at(pair, factor) if self._is_alone or self.of(factor, 1) < share else 0.0

    def thumbs(self, counts: tuple[int, ...]) -> int:
        drawn = counts[int(self.of(HandheldFactor.FINGERS) * len(counts))]
        return max(drawn, int(self._is_alone))


def _scene(draws: _FactorDraws, ranges: Ranges, backgrounds: tuple[str, ...]) -> _Values:
    at, of = draws.at, draws.of
    is_turned = of(HandheldFactor.TURN, 1) < ranges.quarter
    quarters = 1 + int(of(HandheldFactor.TURN, 2) * 3) if is_turned else 0
    turn_deg = (draws.around(ranges.turn_deg, HandheldFactor.TURN) + 90 * quarters) % 360
    off_middle = of(HandheldFactor.SIZE, 1) * ranges.off_middle
    reach = at(ranges.reach, HandheldFactor.FINGERS, 1)
    return {
        HandheldFactor.BACKGROUND: {
            "background": backgrounds[int(of(HandheldFactor.BACKGROUND) * len(backgrounds))]
        },
        HandheldFactor.TURN: {"turn_deg": turn_deg},
        HandheldFactor.SIZE: {
            "fill": at(ranges.fill, HandheldFactor.SIZE),
            "off_middle": off_middle,
        },
        HandheldFactor.TILT: {"tilt_deg": at(ranges.tilt_deg, HandheldFactor.TILT)},
        HandheldFactor.MARGIN: {
            "margin": at(ranges.margin, HandheldFactor.MARGIN),
            "paper": of(HandheldFactor.MARGIN, 1) * ranges.paper,
        },
        HandheldFactor.FINGERS: {"thumbs": draws.thumbs(ranges.thumbs), "reach": reach},
        HandheldFactor.CURL: {"curl": at(ranges.curl, HandheldFactor.CURL)},
        HandheldFactor.CROP: {
            "crop": draws.sometimes(ranges.crop, ranges.crop_share, HandheldFactor.CROP)
        },
        HandheldFactor.WEAR: {"wear": at(ranges.wear, HandheldFactor.WEAR)},
    }


def _camera(draws: _FactorDraws, ranges: Ranges) -> _Values:
    at, around, sometimes = draws.at, draws.around, draws.sometimes
    shadow = sometimes(ranges.shadow, ranges.shadow_share, HandheldFactor.SHADOW)
    motion_px = sometimes(ranges.motion_px, ranges.motion_share, HandheldFactor.MOTION)
    return {
        HandheldFactor.LIGHT: {"light": at(ranges.light, HandheldFactor.LIGHT)},
        HandheldFactor.EXPOSURE: {"stops": around(ranges.stops, HandheldFactor.EXPOSURE)},
        HandheldFactor.DEFOCUS: {"defocus_px": at(ranges.defocus_px, HandheldFactor.DEFOCUS)},
        HandheldFactor.NOISE: {"noise": at(ranges.noise, HandheldFactor.NOISE)},
        HandheldFactor.GLARE: {
            "glare": sometimes(ranges.glare, ranges.glare_share, HandheldFactor.GLARE)
        },
        HandheldFactor.SHADOW: {"shadow": shadow},
        HandheldFactor.WHITE_BALANCE: {
            "warmth": around(ranges.warmth, HandheldFactor.WHITE_BALANCE)
        },
        HandheldFactor.MOTION: {"motion_px": motion_px},
        HandheldFactor.LENS: {"lens": around(ranges.lens, HandheldFactor.LENS)},
        HandheldFactor.TONE: {"tone": around(ranges.tone, HandheldFactor.TONE)},
        HandheldFactor.JPEG: {"jpeg": round(at(ranges.jpeg, HandheldFactor.JPEG))},
    }
