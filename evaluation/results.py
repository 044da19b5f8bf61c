"""What an evaluation says, as values that become JSON as they are. Knows nothing of how they are calculated or shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from device.bundle.manifest import Thresholds
from evaluation.metrics import CountedShare, Percentiles, Point


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelScores:
    """One section's.

    Attributes:
        count: Known prints that were asked about.
        r1, r5, r20: Share with a right match among the first so many.
        accepted_right: Share accepted, and as the right print, by the bundle's own verdicts.
        unknown_accepted: Share of unknown prints that are accepted by them.
        right_at_1_percent: Share accepted and right, were the threshold such that 1 % of unknown prints are accepted.
        false_at_95_percent: Share of unknown prints accepted, were it such that 95 % are accepted and right.
        gap: Global average precision; `None` without known prints.
        corners: Share whose sheet was found with every corner within 2 % of its diagonal.
        mirrored: Share called "in reverse".
        not_in_collection: Share so answered.
        verdicts: Of known and of unknown prints together, by name.
        is_held_back: Whether this is a factor that nobody tunes on.
    """

    name: str
    sort: str
    count: int
    unknown: int
    r1: CountedShare
    r5: CountedShare
    r20: CountedShare
    accepted_right: CountedShare
    unknown_accepted: CountedShare
    right_at_1_percent: CountedShare
    false_at_95_percent: CountedShare
    gap: float | None
    corners: CountedShare
    mirrored: CountedShare
    not_in_collection: CountedShare
    verdicts: Mapping[str, int]
    is_held_back: bool
    curve: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationMark:
    """Something to be reached.

    Attributes:
        is_at_least: Whether more is better.
        found: `None` where it wasn't measured.
    """

    name: str
    wanted: float
    is_at_least: bool
    found: float | None
    is_met: bool | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLine:
    """Full-precision TensorFlow on the same frames, as the desk measured it.

    Attributes:
        seed_r1: Right first matches of the seed's method: whole frame, exact search.
        crop_r1: Of the same fingerprint on the sheet that the kiosk cut out.
        cosine_median, cosine_lowest: Between the two sides' fingerprints of that sheet.
        same_first: Share of these of which both sides have the same nearest print, by exact search.
        same_as_exact: Share of which the kiosk's index finds what exact search of its own fingerprints does.
    """

    name: str
    count: int
    seed_r1: CountedShare
    crop_r1: CountedShare
    cosine_median: float
    cosine_lowest: float
    same_first: CountedShare
    same_as_exact: CountedShare


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """An evaluation.

    Attributes:
        threads: Of the model.
        model_ms: Median of one bare model call, in the same run.
        whole: From frame to answer.
        whole_by: The same where the print is in the collection, and where it is not or there is none.
        steps: The same by step.
        refused: One line for each row of truths, or picture, that couldn't be used.
    """

    bundle_id: str
    name: str
    prints: int
    suite: str
    seed: int
    threads: int
    thresholds: Thresholds
    marks: tuple[EvaluationMark, ...]
    sections: tuple[LevelScores, ...]
    reference: tuple[ReferenceLine, ...]
    model_ms: float
    whole: Percentiles
    whole_by: Mapping[str, Percentiles]
    steps: Mapping[str, Percentiles]
    refused: tuple[str, ...]
