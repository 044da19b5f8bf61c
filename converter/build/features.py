"""Encode the prints' local features, cache them by picture, and write them to a bundle."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.cache import Cache
from device.bundle import layout
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.recognition.local import codebook as codebooks
from device.recognition.local import features
from device.recognition.local.codebook import WORDS, Codebook, Signatures
from device.recognition.local.inverted_index import PLACE, Places, quantise_places

# 30 bytes each, so 15 kB a print.
MAX_FEATURES = 500
# Part of the cache keys: raise it when `device.recognition.local.features` extracts other features.
_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureEntry:
    """One print's local features as the bundle holds them.

    Attributes:
        signatures: uint64 (N, 2), 128 bits each.
        places: `inverted_index.PLACE` (N,).
        words: uint16 (N,), the visual word of each.
        aspect: Width divided by height of the picture.
    """

    signatures: Signatures
    places: Places
    words: npt.NDArray[np.uint16]
    aspect: float


def make_entry(pixels: Pixels, codebook: Codebook) -> FeatureEntry:
    """Extract a picture's local features and encode them with a codebook.

    Args:
        pixels: uint8 (H, W, 3), RGB, upright, of any size.
        codebook: The bundle's codebook.
    """
    found = features.extract(pixels, max_features=MAX_FEATURES)
    projected = codebook.project(found.descriptors)
    return FeatureEntry(
        signatures=codebook.signatures(projected),
        places=quantise_places(found),
        words=codebook.words(projected, 1)[:, 0].astype(np.uint16),
        aspect=found.width / found.height,
    )


def cached_entry(image_sha256: str, codebook: Codebook, cache: Cache) -> FeatureEntry | None:
    """Return a picture's local features from the cache; `None` when they aren't cached."""
    data = cache.get("details", *_key(image_sha256, codebook))
    if data is None:
        return None
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return FeatureEntry(
            signatures=arrays["signatures"],
            places=arrays["places"],
            words=arrays["words"],
            aspect=float(arrays["aspect"]),
        )


def store_entry(image_sha256: str, codebook: Codebook, cache: Cache, entry: FeatureEntry) -> None:
    """Cache a picture's local features."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        signatures=entry.signatures,
        places=entry.places,
        words=entry.words,
        aspect=np.float64(entry.aspect),
    )
    cache.put("details", *_key(image_sha256, codebook), data=buffer.getvalue())


def write(entries: Sequence[FeatureEntry], codebook: Codebook, folder: Path) -> None:
    """Write the local features of a collection, with their inverted index and codebook.

    Args:
        entries: The local features of each print, in the order of the items.
        codebook: The codebook that they were encoded with; the kiosk encodes frames with it.
        folder: The bundle's folder; most files go into its `details/`.
    """
    (folder / layout.DETAIL_SIGNATURES).parent.mkdir(exist_ok=True)
    words = np.concatenate([entry.words for entry in entries])
    order = np.argsort(words, kind="stable")
    positions = np.empty(len(order), "<u4")
    positions[order] = np.arange(len(order))
    arrays = {
        # A look-up compares all features of a visual word, so these lie together.
        layout.DETAIL_SIGNATURES: np.concatenate([entry.signatures for entry in entries])[order],
        layout.DETAIL_PLACES: np.concatenate(
            [np.empty(0, PLACE), *(entry.places for entry in entries)]
        ),
        layout.DETAIL_STARTS: np.cumsum([0, *(len(entry.words) for entry in entries)], dtype="<u4"),
        layout.DETAIL_ASPECTS: np.array([entry.aspect for entry in entries], dtype="<f4"),
        layout.DETAIL_POSTINGS: order.astype("<u4"),
        layout.DETAIL_POSITIONS: positions,
        layout.DETAIL_CELLS: np.searchsorted(words[order], np.arange(WORDS + 1)).astype("<u4"),
    }
    for name, array in arrays.items():
        np.save(folder / name, array)
    codebooks.save(codebook, folder / layout.CODEBOOK)


def _key(image_sha256: str, codebook: Codebook) -> tuple[str, ...]:
    numbers = (codebook.mean, codebook.components, codebook.spread, codebook.centres)
    digest = sha256(b"".join(array.tobytes() for array in numbers)).hexdigest()
    return (image_sha256, digest, str(MAX_FEATURES), _VERSION, decoding.VERSION)
