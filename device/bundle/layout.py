"""Names of the files in a bundle: what the desk writes and the kiosk opens."""

from pathlib import Path

MANIFEST = "manifest.json"
MODEL = "model.tflite"
INDEX = "index.ann"
PROJECTION = "projection.npy"
FINGERPRINTS = "fingerprints.npy"
RECORDS = "records.sqlite"
PICTURES = "pictures"
PARITY = "parity.json"
PARITY_PAGE = "parity.html"


def picture_shard(number: int) -> str:
    """Give the name of one shard of pictures, relative to the bundle."""
    return f"{PICTURES}/{number:03d}.zip"


def manifest_of(bundle: Path) -> Path:
    """Give the path of a bundle's manifest: the last file written, so a bundle without one is unfinished."""
    return bundle / MANIFEST
