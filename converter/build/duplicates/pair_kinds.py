"""Say what a pair of pictures is, how sure that is, and what staff may do about it.

The bundle's own thresholds decide, with the meaning that they have on a kiosk. How sure a pair is depends on the inliers alone.
"""

from dataclasses import dataclass
from enum import Enum

from converter.build.duplicates.measure_pair import PairMeasures
from converter.calibrate.duplicates import SAME_IMAGE_INLIERS
from device.bundle.manifest import Thresholds

# Share of a picture's features that a signature, a stamp or an ornament spans at most.
SMALL_PART_COVERED = 0.15
# Of 4,682 pictures, all pairs of one image with this many inliers were right (docs/decisions.md, 65).
PROBABLE_INLIERS = 20


class PairKind(Enum):
    """What a pair of pictures is, in the order of the report."""

    SAME_SCAN = "same scan"
    SAME_IMAGE = "same image"
    REVERSAL = "reversal"
    DETAIL = "detail"
    PARTLY_DIFFERENT = "partly different"
    SHARED_BORDER = "shared border"
    SMALL_PART = "small common part"


class Sureness(Enum):
    """How sure it is that two pictures share lines, the surest first."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindText:
    """What the report says about one kind of pair.

    Attributes:
        title: Heading of its section.
        meaning: What was found.
        advice: What staff may do.
        relation: Relation to suggest for the second record, such as "Detail of"; "" for none.
    """

    title: str
    meaning: str
    advice: str
    relation: str


TEXTS = {
    PairKind.SAME_SCAN: KindText(
        title="The same file in several records",
        meaning="The picture files are equal to the last byte.",
        advice="If the records describe one object, remove one. If each has an object of its own, one of them may have got "
        "the wrong picture. If one scan shows several works, keep all records and do nothing.",
        relation="",
    ),
    PairKind.SAME_IMAGE: KindText(
        title="The same image",
        meaning="Lines agree over nearly all of both pictures: two scans of one sheet, or two impressions of one plate.",
        advice="If it is one sheet that was described twice, remove one record. If it is another impression, relate the records.",
        relation="Other impression of",
    ),
    PairKind.REVERSAL: KindText(
        title="Reversed",
        meaning="One picture shows the other mirrored: a copy in reverse, a counterproof, or a picture that was flipped.",
        advice="Check first whether one picture was flipped by mistake. If not, relate the records.",
        relation="Reversed copy of",
    ),
    PairKind.DETAIL: KindText(
        title="Details",
        meaning="One picture shows only a part of the other.",
        advice="Relate the records, or replace the detail by a picture of the whole.",
        relation="Detail of",
    ),
    PairKind.PARTLY_DIFFERENT: KindText(
        title="Partly different",
        meaning="Many lines agree, and in a larger part none do: another state, a changed plate, or another print within the same "
        "border or frame.",
        advice="If it is a state, relate the records. If only a border or a text is shared, do nothing.",
        relation="Other state of",
    ),
    PairKind.SHARED_BORDER: KindText(
        title="Shared borders",
        meaning="A part agrees in five or more records, such as a border, a frame or a heading, and the rest differs.",
        advice="Nothing, as a rule. The works differ. The kiosk tells them apart by the rest.",
        relation="",
    ),
    PairKind.SMALL_PART: KindText(
        title="A small common part",
        meaning="Only a small part agrees, such as a signature, a stamp, a title or an ornament.",
        advice="Nothing, as a rule. The works differ.",
        relation="",
    ),
}


def kind_of(measures: PairMeasures, thresholds: Thresholds) -> PairKind:
    """Return what a pair of pictures is by its measures.

    With few inliers, a mismatch region that is as large as half of them counts, too.
    """
    if max(measures.covered_first, measures.covered_second) < SMALL_PART_COVERED:
        return PairKind.SMALL_PART
    if measures.gap > min(thresholds.gap, measures.inliers / 2):
        return PairKind.PARTLY_DIFFERENT
    if min(measures.shown_first, measures.shown_second) < thresholds.covered:
        return PairKind.DETAIL
    return PairKind.REVERSAL if measures.mirrored else PairKind.SAME_IMAGE


def sureness_of(measures: PairMeasures) -> Sureness:
    """Return how sure it is that a pair of pictures shares lines."""
    if measures.inliers >= SAME_IMAGE_INLIERS:
        return Sureness.CERTAIN
    return Sureness.PROBABLE if measures.inliers >= PROBABLE_INLIERS else Sureness.POSSIBLE
