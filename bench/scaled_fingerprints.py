"""Fingerprints for collections of any size, varied from real prints' with a seed.

A generated print is `mean + a (x - mean) + b (y - mean) + c (z - mean)`, scaled to unit length. Here x, y and z are three real
prints drawn at random, a² + b² + c² = 1, and b and c have random signs. Weights whose squares sum to one keep the covariance of
the real prints, and so their spectrum. Drawing a² from 0.3 to 0.95 gives every real print near and far neighbours, as states,
copies and series do in a real collection.
"""

from dataclasses import dataclass

import numpy as np

from device.recognition.embedding.nearest import Vectors, normalise

NEAREST_SHARE, FARTHEST_SHARE = 0.95, 0.30
_CHUNK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedCollection:
    """A generated collection and two kinds of queries.

    Attributes:
        vectors: float32 (N, 512), unit length, without duplicates.
        held_out: float32 (Q, 512): prints generated in the same way that are not in the collection.
        camera_views: float32 (Q, 512): prints moved as by a camera, alternately one of the collection and one held
            out.
    """

    vectors: Vectors
    held_out: Vectors
    camera_views: Vectors


def generate(
    real: Vectors, shifts: Vectors, *, count: int, queries: int, seed: int
) -> GeneratedCollection:
    """Generate a collection and its queries.

    Args:
        real: float32 (R, 512), unit length: fingerprints of real prints.
        shifts: float32 (S, 512): differences between the fingerprints of captures and of their prints.
        count: The number of prints.
        queries: The number of queries of each kind.
        seed: Same seed, same collection.
    """
    rng = np.random.default_rng(seed)
    vectors, held_out, others = np.split(
        _distinct(real, count + 2 * queries, rng), [count, count + queries]
    )
    known = vectors[rng.integers(count, size=queries)]
    is_known = (np.arange(queries) % 2 == 0)[:, np.newaxis]
    views = np.where(is_known, known, others) + shifts[rng.integers(len(shifts), size=queries)]
    return GeneratedCollection(vectors=vectors, held_out=held_out, camera_views=normalise(views))


def spectrum(vectors: Vectors) -> dict[int, float]:
    """Return the share of variance in the first principal components, by their number."""
    variances = np.linalg.eigvalsh(np.cov(vectors.T.astype(np.float64)))[::-1]
    return {n: float(variances[:n].sum() / variances.sum()) for n in (16, 64, 128, 256)}


def _distinct(real: Vectors, count: int, rng: np.random.Generator) -> Vectors:
    """Return `count` different generated vectors."""
    vectors = np.empty((0, real.shape[1]), np.float32)
    while len(vectors) < count:
        drawn = np.concatenate([vectors, _drawn(real, count - len(vectors), rng)])
        rows = np.ascontiguousarray(drawn).view(np.dtype((np.void, drawn.shape[1] * 4))).ravel()
        _, first = np.unique(rows, return_index=True)
        vectors = drawn[np.sort(first)]
    return vectors


def _drawn(real: Vectors, count: int, rng: np.random.Generator) -> Vectors:
    mean = real.mean(axis=0)
    centred = real - mean
    first = rng.uniform(FARTHEST_SHARE, NEAREST_SHARE, count)
    second = (1 - first) * rng.uniform(0, 1, count)
    weights = np.sqrt(np.stack([first, second, 1 - first - second], axis=1))
    weights[:, 1:] *= rng.choice([-1.0, 1.0], (count, 2))
    rows = rng.integers(len(real), size=(count, 3))
    out = np.empty((count, real.shape[1]), np.float32)
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        mixed = np.einsum("nk,nkd->nd", weights[part].astype(np.float32), centred[rows[part]])
        out[part] = normalise(mean + mixed)
    return out
