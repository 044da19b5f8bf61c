"""Train the codebook that encodes local features, on the calibration prints."""

import numpy as np
from sklearn.cluster import KMeans

from device.imaging.frames import Pixels
from device.recognition.local import features
from device.recognition.local.codebook import BITS, CENTRES, COMPONENTS, Codebook
from device.recognition.local.features import Floats

SEED = 20_261


def train(prints: list[Pixels]) -> Codebook:
    """Train a codebook; the same prints always make the same one.

    Args:
        prints: uint8 (H, W, 3), RGB; a few thousand local features in all are enough.
    """
    found = np.concatenate([features.extract(pixels).descriptors for pixels in prints])
    mean = found.mean(axis=0)
    _, strengths, axes = np.linalg.svd(found - mean, full_matrices=False)
    deviations = strengths[:COMPONENTS] / np.sqrt(len(found))
    # Half-whitened and interleaved, so that both halves of a visual word get strong and weak components.
    interleaved = np.concatenate([np.arange(0, COMPONENTS, 2), np.arange(1, COMPONENTS, 2)])
    components = (axes[:COMPONENTS].T / np.sqrt(deviations))[:, interleaved].astype(np.float32)
    projected = np.asarray((found - mean) @ components, dtype=np.float32)
    half = COMPONENTS // 2
    return Codebook(
        mean=mean.astype(np.float32),
        components=components,
        spread=_orthogonal_directions(),
        centres=np.stack([_centres(projected[:, :half]), _centres(projected[:, half:])]),
    )


def _orthogonal_directions() -> Floats:
    """Return 128 directions in 64 dimensions, as two orthogonal bases: float32 (64, 128)."""
    rng = np.random.default_rng(SEED)
    bases = [
        np.linalg.qr(rng.standard_normal((COMPONENTS, COMPONENTS)))[0]
        for _ in range(BITS // COMPONENTS)
    ]
    return np.concatenate(bases, axis=1).astype(np.float32)


def _centres(points: Floats) -> Floats:
    clusters = KMeans(CENTRES, n_init=1, max_iter=25, random_state=SEED).fit(points)
    return np.asarray(clusters.cluster_centers_, dtype=np.float32)
