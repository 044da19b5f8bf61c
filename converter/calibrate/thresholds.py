"""Fit a bundle's thresholds by leaving prints out of its collection.

Each simulated capture goes through the kiosk's whole recognition twice. The first search is in the whole collection.
The second leaves out the print and its equivalents, as if the museum had never had it. Equivalents are the prints that the museum relates to it
and the prints that show the same image. Error rates are measured on prints that the thresholds were not fitted on. The
prints that the evaluation scores are not used at all.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from converter.calibrate.captures import PrintPicture, sample_prints
from converter.calibrate.duplicates import SAME_IMAGE_INLIERS, same_image
from converter.progress import Progress, quiet
from device.bundle.manifest import Thresholds
from device.imaging import frames
from device.recognition.local.match import FeatureMatcher
from device.recognition.recogniser import Answer, Recogniser
from device.recognition.sheet.inner_picture import find_inner_picture
from device.recognition.verdict import ACCEPTED, MatchEvidence, Verdict, decide
from evaluation.scored_prints import is_scored
from evaluation.simulate.conditions import Level
from evaluation.simulate.handheld import capture

# Fewer inliers than this are never evidence. In the first prototype none of 220 unknown prints reached 10, and larger
# collections have more chance matches.
FEWEST_INLIERS = 12
# The share of captures of known prints that may show a larger mismatch region than allowed. Fewer mismatches than
# `FEWEST_INLIERS` are never evidence against a print.
GAP_EXCEEDED_SHARE = 0.005
SMALLEST_GAP = float(FEWEST_INLIERS)
# No picture has as many local features as this.
ANY_GAP = 10_000.0
# The largest shares of left-out prints that may be accepted, by local features and by the fingerprint alone.
FALSE_BY_FEATURES = 0.005
FALSE_BY_FINGERPRINT = 0.0025
# The share of captures of known prints whose inliers may span less of the picture than "this print" requires.
PARTIAL_SHARE = 0.02
# The share of left-out prints whose nearest print is shown as similar. This claims nothing false.
SIMILAR_SHARE = 0.1
# The fingerprint alone is trusted this much above the cosine that left-out prints reach.
COSINE_MARGIN = 0.005
# With fewer left-out prints than this a share of 1 % can't be measured. Cautious cosines are used instead.
ENOUGH_PRINTS = 100
CAUTIOUS_SAME_IMAGE = 0.93
CAUTIOUS_SIMILAR = 0.7

# The thresholds used while none are fitted: local features alone decide.
UNFITTED = Thresholds(
    inliers=FEWEST_INLIERS,
    covered=0.0,
    gap=ANY_GAP,
    same_image=1.0,
    similar=CAUTIOUS_SIMILAR,
    margins=0.0,
    false_accepts=1.0,
    missed=1.0,
    false_similar=1.0,
    fitted_on=0,
    measured_on=0,
    changed=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOutcome:
    """The evidence found for one capture, with its print in the collection and without.

    Attributes:
        item: The captured print.
        is_right: Whether the first match is that print or one of its equivalents.
        known, unknown: Evidence for the best match, with the print in the collection and without.
        has_margin: Whether the museum's picture shows a paper margin around the print.
    """

    item: int
    is_right: bool
    known: MatchEvidence
    unknown: MatchEvidence
    has_margin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedThresholds:
    """Fitted thresholds, with a note for the person who builds the bundle.

    Attributes:
        note: A limitation of the fit, in words; `None` if the collection has enough prints.
    """

    thresholds: Thresholds
    note: str | None


def observe(
    recogniser: Recogniser,
    matcher: FeatureMatcher,
    prints: Sequence[PrintPicture],
    related: Mapping[int, frozenset[int]],
    *,
    count: int,
    seed: int,
    progress: Progress = quiet,
) -> tuple[CaptureOutcome, ...]:
    """Recognise captures of prints, with each print in the collection and left out.

    Args:
        recogniser: The bundle's recogniser, with `UNFITTED` thresholds.
        matcher: Matcher of the bundle's local features.
        prints: The collection. Prints that the evaluation scores are used only if there are no others.
        related: The rows related to each row by the museum.
        count: Number of prints to capture, once each.
        seed: Selects the prints and the conditions.
    """
    unscored = [picture for picture in prints if not is_scored(picture.record_id)] or list(prints)
    chosen = sample_prints(unscored, count, seed)
    outcomes = []
    for number, picture in enumerate(chosen, 1):
        pixels = picture.load()
        same = recogniser.bundle.picture_rows.items_of(same_image(matcher, pixels))
        equivalents = related.get(picture.item, frozenset()) | same
        outcomes.append(
            _observe_one(recogniser, picture, pixels, equivalents | {picture.item}, seed)
        )
        progress("thresholds", number, len(chosen))
    return tuple(outcomes)


def _observe_one(
    recogniser: Recogniser,
    picture: PrintPicture,
    pixels: frames.Pixels,
    equivalents: frozenset[int],
    seed: int,
) -> CaptureOutcome:
    held = capture(pixels, picture.record_id, level=Level.NORMAL, seed=seed)
    frame = frames.frame(held.pixels, source="simulated")
    known = recogniser.recognise(frame, count=1)
    unknown = recogniser.recognise(frame, excluded=equivalents, count=1)
    return CaptureOutcome(
        item=picture.item,
        is_right=bool(known.matches) and known.matches[0].record.item in equivalents,
        known=evidence_of(known),
        unknown=evidence_of(unknown),
        has_margin=find_inner_picture(pixels) is not None,
    )


def evidence_of(answer: Answer) -> MatchEvidence:
    """Return the evidence that an answer's verdict was decided from."""
    best = answer.matches[0] if answer.matches else None
    evidence = best.evidence if best else None
    return MatchEvidence(
        cosine=best.score if best else None,
        inliers=evidence.inliers if evidence else 0,
        covered=evidence.covered if evidence else 0.0,
        gap=evidence.gap if evidence else 0.0,
        mirrored=evidence.mirrored if evidence else False,
        is_sheet=answer.sheet is not None,
    )


def fit(outcomes: Sequence[CaptureOutcome]) -> FittedThresholds:
    """Fit the thresholds, and measure their error rates by two-fold cross-validation.

    The thresholds are fitted on all outcomes. Each error rate comes from fitting on one half of the prints and
    measuring on the other, both ways round. With few prints the cosines are cautious values. A rate that can't be
    measured is stated as its worst value, 1. This happens in a collection of one print, for which no other can be
    mistaken.
    """
    fitted = _fit_all(outcomes)
    judged = [
        (outcome, _fit_all(others))
        for half, others in (
            (outcomes[::2], outcomes[1::2]),
            (outcomes[1::2], outcomes[::2]),
        )
        for outcome in half
    ]
    compared = [(o, parting) for o, parting in judged if o.unknown.cosine is not None]
    thresholds = replace(
        fitted,
        false_accepts=_share([_accepts(o.unknown, parting) for o, parting in compared]),
        missed=_share([not (o.is_right and _accepts(o.known, p)) for o, p in judged]),
        false_similar=_share(
            [decide(o.unknown, p) is not Verdict.NOT_IN_COLLECTION for o, p in compared]
        ),
        measured_on=len(outcomes),
    )
    return FittedThresholds(thresholds=thresholds, note=note_about(thresholds))


def note_about(thresholds: Thresholds) -> str | None:
    """Return a note about the thresholds for the person who builds the bundle, or None."""
    if thresholds.fitted_on < ENOUGH_PRINTS:
        return (
            f"thresholds: fitted on {thresholds.fitted_on} prints, {ENOUGH_PRINTS} are needed to measure a share of 1 %; "
            f"cautious values are used"
        )
    if thresholds.changed:
        return (
            f"thresholds: from an earlier build; {thresholds.changed} prints have been added, removed or changed since; "
            f"--refit fits them again"
        )
    return None


def _fit_all(outcomes: Sequence[CaptureOutcome]) -> Thresholds:
    """Return the thresholds fitted on these outcomes; their error rates stay unmeasured."""
    gap = _fit_gap(outcomes)
    inliers = _fit_inliers(outcomes, gap)
    same_image, similar = _fit_cosines(outcomes, inliers, gap)
    return replace(
        UNFITTED,
        inliers=inliers,
        covered=_fit_covered(outcomes, inliers, gap),
        gap=gap,
        same_image=same_image,
        similar=similar,
        margins=_share([outcome.has_margin for outcome in outcomes]) if outcomes else 0.0,
        fitted_on=len(outcomes),
    )


def _fit_gap(outcomes: Sequence[CaptureOutcome]) -> float:
    """Return the largest mismatch region allowed; nearly all found prints stay within it."""
    gaps = [evidence.gap for evidence in _found(outcomes)]
    return max(SMALLEST_GAP, round(_exceeded_by_share(gaps, GAP_EXCEEDED_SHARE), 2))


def _fit_inliers(outcomes: Sequence[CaptureOutcome], gap: float) -> int:
    """Return the fewest inliers that are evidence; nearly no left-out print reaches them."""
    unknown = [outcome.unknown for outcome in outcomes]
    agreeing = [float(e.inliers) if e.gap <= gap else 0.0 for e in unknown]
    fewest = int(_exceeded_by_share(agreeing, FALSE_BY_FEATURES)) + 1
    # A left-out print with more inliers than this has another equivalent that no record mentions.
    return min(max(FEWEST_INLIERS, fewest), SAME_IMAGE_INLIERS)


def _fit_cosines(
    outcomes: Sequence[CaptureOutcome], inliers: int, gap: float
) -> tuple[float, float]:
    """Return the least cosines for the same image and for a similar print.

    Only left-out prints that the local features don't accept count.
    """
    unknown = [outcome.unknown for outcome in outcomes]
    by_fingerprint = [evidence for evidence in unknown if not _agrees(evidence, inliers, gap)]
    cosines = [evidence.cosine for evidence in by_fingerprint if evidence.cosine is not None]
    same_image = _exceeded_by_share(cosines, FALSE_BY_FINGERPRINT) + COSINE_MARGIN
    similar = _exceeded_by_share(cosines, SIMILAR_SHARE)
    if len(outcomes) < ENOUGH_PRINTS:
        same_image, similar = max(same_image, CAUTIOUS_SAME_IMAGE), CAUTIOUS_SIMILAR
    same_image = min(1.0, round(same_image, 4))
    return same_image, min(round(similar, 4), same_image)


def _fit_covered(outcomes: Sequence[CaptureOutcome], inliers: int, gap: float) -> float:
    """Return the least share of the picture that a whole print's inliers span; 0 without any."""
    spans = sorted(e.covered for e in _found(outcomes) if _agrees(e, inliers, gap))
    return round(spans[math.floor(PARTIAL_SHARE * len(spans))], 4) if spans else 0.0


def _found(outcomes: Sequence[CaptureOutcome]) -> list[MatchEvidence]:
    """Return the evidence of captures whose print was found with enough inliers."""
    return [o.known for o in outcomes if o.is_right and o.known.inliers >= FEWEST_INLIERS]


def _agrees(evidence: MatchEvidence, inliers: int, gap: float) -> bool:
    """Return whether the local features alone say that this is the same image."""
    return evidence.inliers >= inliers and evidence.gap <= gap


def _accepts(evidence: MatchEvidence, thresholds: Thresholds) -> bool:
    return decide(evidence, thresholds) in ACCEPTED


def _exceeded_by_share(values: Sequence[float], share: float) -> float:
    """Return the lowest value that at most this share of the values exceeds; 0 if empty."""
    if not values:
        return 0.0
    return sorted(values, reverse=True)[math.floor(share * len(values))]


def _share(flags: Sequence[bool]) -> float:
    """Return the share of flags that are true; 1, the worst share, if there are none."""
    found: npt.NDArray[np.bool_] = np.array(flags, dtype=bool)
    return round(float(found.mean()), 6) if len(found) else 1.0
