"""Names of the files in a bundle, which the desk writes and the kiosk opens."""

from pathlib import Path

MANIFEST = "manifest.json"
MODEL = "model.tflite"
INDEX = "index.ann"
PROJECTION = "projection.npy"
FINGERPRINTS = "fingerprints.npy"
CODEBOOK = "codebook.npz"
DETAIL_SIGNATURES = "details/signatures.npy"
DETAIL_PLACES = "details/places.npy"
DETAIL_STARTS = "details/starts.npy"
DETAIL_ASPECTS = "details/aspects.npy"
DETAIL_POSTINGS = "details/postings.npy"
DETAIL_POSITIONS = "details/positions.npy"
DETAIL_CELLS = "details/cells.npy"
DETAILS = (
    CODEBOOK,
    DETAIL_SIGNATURES,
    DETAIL_PLACES,
    DETAIL_STARTS,
    DETAIL_ASPECTS,
    DETAIL_POSTINGS,
    DETAIL_POSITIONS,
    DETAIL_CELLS,
)
RECORDS = "records.sqlite"
PICTURES = "pictures"
PARITY = "parity.json"
PARITY_PAGE = "parity.html"


def picture_shard(number: int) -> str:
    """Return the path of a shard of pictures within the bundle."""
    return f"{PICTURES}/{number:03d}.zip"


def manifest_of(bundle: Path) -> Path:
    """Return the path of a bundle's manifest.

    The manifest is written last, so a bundle without one is unfinished.
    """
    return bundle / MANIFEST
