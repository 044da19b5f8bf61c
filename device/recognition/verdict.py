"""Decide the verdict on the best match, as a pure function of values.

Geometry decides first. Enough inliers mean that the frame shows this print. If they are mirrored or cover only a part of
it, they mean that it shows the same image in another form. A large mismatch region overrules them, as between prints within
one ornamental border. A free copy by another hand never passes the geometric check. So the fingerprint alone may decide on
"the same image", from a cosine that other prints rarely reach. All thresholds are the bundle's own.
"""

from dataclasses import dataclass
from enum import StrEnum

from device.bundle.manifest import Thresholds


class Verdict(StrEnum):
    """The claim that an answer makes about the print, strongest first.

    `SAME_PRINT` is the best match's print as a whole. `SAME_IMAGE` is its image in another form: mirrored, only a
    part, or recognised by the fingerprint alone.
    """

    SAME_PRINT = "same_print"
    SAME_IMAGE = "same_image"
    SIMILAR_ONLY = "similar_only"
    NOT_IN_COLLECTION = "not_in_collection"


# Verdicts that say that the print is in the collection.
ACCEPTED = frozenset({Verdict.SAME_PRINT, Verdict.SAME_IMAGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEvidence:
    """The measurements of the best match that decide the verdict.

    Attributes:
        cosine: Cosine of the fingerprints, -1..1; `None` if there was no record to compare with.
        inliers: Number of inliers, 0 or more.
        covered: Hull area of the inliers as a share of the hull area of all the print's features, 0..1.
        gap: Size of the largest mismatch region, in features expected to match there.
        mirrored: Whether the frame shows the print mirrored.
        is_sheet: Whether a sheet was found, rather than only a table or a hand.
    """

    cosine: float | None
    inliers: int
    covered: float
    gap: float
    mirrored: bool
    is_sheet: bool


def decide(findings: MatchEvidence, thresholds: Thresholds) -> Verdict:
    """Return the verdict on the best match.

    Args:
        findings: Measurements of the best match.
        thresholds: The bundle's own, since no fixed number fits two collections.
    """
    if findings.inliers >= thresholds.inliers and findings.gap <= thresholds.gap:
        is_whole = findings.covered >= thresholds.covered and not findings.mirrored
        return Verdict.SAME_PRINT if is_whole else Verdict.SAME_IMAGE
    # Written as >=, so that a NaN passes nothing.
    if findings.cosine is not None and findings.cosine >= thresholds.same_image:
        return Verdict.SAME_IMAGE
    # Without a sheet, an empty table resembles some print, too (docs/decisions.md, 9).
    if findings.is_sheet and findings.cosine is not None and findings.cosine >= thresholds.similar:
        return Verdict.SIMILAR_ONLY
    return Verdict.NOT_IN_COLLECTION


def confidence(findings: MatchEvidence, thresholds: Thresholds) -> float:
    """Return how certain the best match is.

    At least 1 if the print counts as found. Comparable between answers of one bundle.
    """
    by_features = findings.inliers / thresholds.inliers
    if findings.gap > thresholds.gap:
        by_features = min(by_features, thresholds.gap / findings.gap)
    if findings.cosine is None:
        return by_features
    return max(by_features, 1.0 + (findings.cosine - thresholds.same_image))
