"""Find the prints of a collection that show the same image.

The museum relates some of them to each other; other duplicates are in no record. To measure how the kiosk answers about
a print that is not in the collection, its duplicates must be left out too.
"""

from pathlib import Path

from device.bundle.records import Records
from device.bundle.relations import related_items
from device.imaging.frames import Pixels
from device.recognition.local.match import FeatureMatch, FeatureMatcher
from device.recognition.local.mismatch_region import mismatch_size

# Two clean pictures with at least this many inliers show the same image, whatever the metadata says.
SAME_IMAGE_INLIERS = 30
# The exception is a larger mismatch region: prints that share only an ornamental border show different images.
ANOTHER_IMAGE_GAP = 12.0


def related(path: Path) -> dict[int, frozenset[int]]:
    """Return the rows that each row of a records file is related to, in either direction.

    Raises:
        BundleDamagedError: When the file is not a records file.
    """
    records = Records(path)
    rows = [records.at(item) for item in range(len(records))]
    records.close()
    return related_items(rows)


def same_image(matcher: FeatureMatcher, pixels: Pixels) -> frozenset[int]:
    """Return the rows of the pictures that show the same image as a clean picture.

    Mirrored prints are found too.

    Args:
        matcher: Matcher of the collection's local features.
        pixels: uint8 (H, W, 3), RGB; the print alone, without any background.
    """
    found: frozenset[int] = frozenset()
    while True:
        # The matcher checks only a few candidates a call. Leaving out those already found lets it check the next ones.
        matches = matcher.match(pixels, excluded=found, enough=SAME_IMAGE_INLIERS)
        more = {match.item for match in matches if _is_same_image(match)}
        if not more:
            return found
        found |= more


def _is_same_image(match: FeatureMatch) -> bool:
    return (
        match.inliers >= SAME_IMAGE_INLIERS
        and mismatch_size(match.fit, match.seen, match.known) <= ANOTHER_IMAGE_GAP
    )
