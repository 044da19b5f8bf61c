"""The results of an evaluation as dataclasses whose attribute names are the JSON's keys.

The module doesn't know how results are computed or shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from device.bundle.manifest import Thresholds
from evaluation.metrics import CountedShare, Percentiles, Point


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelScores:
    """The scores of one section.

    Attributes:
        count: Number of queries with a known print.
        r1, r5, r20: Share with a right match among the first 1, 5 and 20.
        accepted_right: Share accepted as the right print by the bundle's own verdicts.
        unknown_accepted: Share of unknown prints accepted by the bundle's own verdicts.
        right_at_1_percent: Share accepted and right at the threshold that accepts 1 % of unknown prints.
        false_at_95_percent: Share of unknown prints accepted at the threshold that accepts 95 % rightly.
        gap: Global average precision; `None` without known prints.
        corners: Share of sheets found with every corner within 2 % of the diagonal.
        mirrored: Share of answers "in reverse".
        not_in_collection: Share of unknown prints answered "not in this collection".
        verdicts: Number of answers by verdict, for known and unknown prints together.
        is_held_back: Whether the section is a factor of the holdout.
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
    """One target of the evaluation, with the value that was found.

    Attributes:
        is_at_least: Whether higher values are better.
        found: The value found; `None` if it wasn't measured.
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
    """The reference's results on the kiosk's frames of one section.

    Attributes:
        seed_r1: Right first matches of the original prototype's method: whole frame, exact search.
        crop_r1: Right first matches of the same method on the sheet that the kiosk cut out.
        cosine_median, cosine_lowest: Cosine between the two sides' fingerprints of that sheet.
        same_first: Share with the same nearest print on both sides, by exact search.
        same_as_exact: Share whose nearest print in the kiosk's index is that of exact search.
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
    """The results of a whole evaluation.

    Attributes:
        threads: Threads for the model.
        model_ms: Median time of one bare model call, in the same run.
        whole: Times from frame to answer.
        whole_by: Times from frame to answer, by whether the print is in the collection.
        steps: Times of each recognition step.
        refused: One line for each ground-truth row or picture that can't be used.
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
