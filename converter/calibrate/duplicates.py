"""Which prints of a collection show the same image: what the museum relates to each other, and what nobody wrote down.

To see what the kiosk makes of a print that is not there, its likes have to be gone with it.
"""

from pathlib import Path

from device.bundle.records import Records
from device.bundle.relations import relatives
from device.imaging.frames import Pixels
from device.recognition.local.match import FeatureMatch, FeatureMatcher
from device.recognition.local.mismatch_region import gap

# So many agreeing details between two clean pictures are the same image, whatever the metadata says.
SAME_IMAGE_INLIERS = 30
# Unless so many are missing in one part: prints within one ornamental border are not the same image.
ANOTHER_IMAGE_GAP = 12.0


def related(path: Path) -> dict[int, frozenset[int]]:
    """Give, for every row of a records file, the rows that a relation of the museum's leads to or comes from.

    Raises:
        BundleDamagedError: When it is no records file.
    """
    records = Records(path)
    rows = [records.at(item) for item in range(len(records))]
    records.close()
    return relatives(rows)


def same_image(matcher: FeatureMatcher, pixels: Pixels) -> frozenset[int]:
    """Give the rows of the prints that show a clean picture, upright or in reverse.

    Args:
        matcher: Of the collection's details.
        pixels: uint8 (H, W, 3), RGB, without its table.
    """
    found: frozenset[int] = frozenset()
    while True:
        # Only a few are checked at a time, so those already known make way for the next.
        matches = matcher.trace(pixels, without=found, enough=SAME_IMAGE_INLIERS)
        more = {match.item for match in matches if _is_same_image(match)}
        if not more:
            return found
        found |= more


def _is_same_image(match: FeatureMatch) -> bool:
    return (
        match.inliers >= SAME_IMAGE_INLIERS
        and gap(match.fit, match.seen, match.known) <= ANOTHER_IMAGE_GAP
    )
