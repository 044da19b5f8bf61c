"""What may be said about a print, decided from values alone.

Until geometry checks a candidate, a cosine is all there is to go by, and it can't tell an impression from
a copy: `SAME_IMAGE` is not given yet, and the page says "looks most like", never "this print".
"""

from enum import StrEnum

from device.bundle.manifest import Thresholds


class Verdict(StrEnum):
    """What the kiosk says."""

    SAME_PRINT = "same_print"
    SAME_IMAGE = "same_image"
    SIMILAR_ONLY = "similar_only"
    NOT_IN_COLLECTION = "not_in_collection"


def decide(best_score: float | None, thresholds: Thresholds) -> Verdict:
    """Give the verdict for the best match's cosine.

    Args:
        best_score: -1..1; `None` when nothing was there to be compared with.
        thresholds: The bundle's own; no fixed number serves two collections.
    """
    # Asked this way round, a score that is no number passes nothing.
    if best_score is not None and best_score >= thresholds.same_print:
        return Verdict.SAME_PRINT
    if best_score is not None and best_score >= thresholds.similar:
        return Verdict.SIMILAR_ONLY
    return Verdict.NOT_IN_COLLECTION
