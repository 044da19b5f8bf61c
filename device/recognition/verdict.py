"""What may be said about a print, decided from values alone.

Lines that lie on a print's lines say which print it is, or that it is the same image in another form: in reverse, or
only a part of it; unless a whole part of it has other lines, as prints within one ornamental border do. A free copy by another hand never verifies, so the fingerprint may say "the same image" alone, from a
cosine that hardly any other print reaches. No number here is fixed: all are the bundle's own.
"""

from dataclasses import dataclass
from enum import StrEnum

from device.bundle.manifest import Thresholds


class Verdict(StrEnum):
    """What the kiosk says."""

    SAME_PRINT = "same_print"
    SAME_IMAGE = "same_image"
    SIMILAR_ONLY = "similar_only"
    NOT_IN_COLLECTION = "not_in_collection"


# What says that the print is here.
ACCEPTED = frozenset({Verdict.SAME_PRINT, Verdict.SAME_IMAGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEvidence:
    """What is known of the best match.

    Attributes:
        cosine: Of the best match's fingerprint, -1..1; `None` when nothing was there to be compared with.
        inliers: Details that agree with the best print's; 0 without any.
        covered: Share of what that print's details span that these span, 0..1.
        gap: How many would agree in the largest part of the print where hardly any does.
        mirrored: Whether they do so in reverse.
        is_sheet: Whether a sheet was found at all, and not only a table or a hand.
    """

    cosine: float | None
    inliers: int
    covered: float
    gap: float
    mirrored: bool
    is_sheet: bool


def decide(findings: MatchEvidence, thresholds: Thresholds) -> Verdict:
    """Give the verdict.

    Args:
        findings: What is known of the best match.
        thresholds: The bundle's own; no fixed number serves two collections.
    """
    if findings.inliers >= thresholds.inliers and findings.gap <= thresholds.gap:
        is_whole = findings.covered >= thresholds.covered and not findings.mirrored
        return Verdict.SAME_PRINT if is_whole else Verdict.SAME_IMAGE
    # Asked this way round, a score that is no number passes nothing.
    if findings.cosine is not None and findings.cosine >= thresholds.same_image:
        return Verdict.SAME_IMAGE
    # An empty table is like some print, too.
    if findings.is_sheet and findings.cosine is not None and findings.cosine >= thresholds.similar:
        return Verdict.SIMILAR_ONLY
    return Verdict.NOT_IN_COLLECTION


def confidence(findings: MatchEvidence, thresholds: Thresholds) -> float:
    """Give how sure the best match is: 1 and more from where it counts as found; comparable within one bundle."""
    by_details = findings.inliers / thresholds.inliers
    if findings.gap > thresholds.gap:
        by_details = min(by_details, thresholds.gap / findings.gap)
    if findings.cosine is None:
        return by_details
    return max(by_details, 1.0 + (findings.cosine - thresholds.same_image))
