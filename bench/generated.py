"""Collections of any size, varied from real prints' fingerprints; same seed, same vectors.

A generated print is `mean + a (x - mean) + b (y - mean) + c (z - mean)` for three real prints x, y, z drawn at
random, with a² + b² + c² = 1 and random signs for b and c, brought to unit length. Weights of which the squares
add up to one leave the covariance of the real prints, and so their spectrum, as it is; a² drawn from 0.3 to 0.95
gives every real print a cloud of relatives, near and far, as states, copies and series do in a collection.
"""

from dataclasses import dataclass

import numpy as np

from device.recognition.embedding.nearest import Vectors, normalise

NEAREST_SHARE, FARTHEST_SHARE = 0.95, 0.30
_CHUNK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A collection that never was, and what is asked of it.

    Attributes:
        vectors: float32 (N, 512), unit length, no two alike.
        held_out: float32 (Q, 512): prints of the same making that are not among them.
        seen: float32 (Q, 512): prints as a camera might see them, by turns one that is among the vectors and one
            that is held out.
    """

    vectors: Vectors
    held_out: Vectors
    seen: Vectors


def generate(real: Vectors, shifts: Vectors, *, count: int, queries: int, seed: int) -> Generated:
    """Generate a collection and its queries.

    Args:
        real: float32 (R, 512), unit length: fingerprints of real prints.
        shifts: float32 (S, 512): what a camera adds to a unit fingerprint, from real prints captured.
        count: Vectors wanted.
        queries: Of each kind.
        seed: Same seed, same collection.
    """
    rng = np.random.default_rng(seed)
    vectors, held_out, others = np.split(
        _distinct(real, count + 2 * queries, rng), [count, count + queries]
    )
    known = vectors[rng.integers(count, size=queries)]
    is_known = (np.arange(queries) % 2 == 0)[:, np.newaxis]
    seen = np.where(is_known, known, others) + shifts[rng.integers(len(shifts), size=queries)]
    return Generated(vectors=vectors, held_out=held_out, seen=normalise(seen))


def spectrum(vectors: Vectors) -> dict[int, float]:
    """Give the share of variance in the first principal components, by their number."""
    variances = np.linalg.eigvalsh(np.cov(vectors.T.astype(np.float64)))[::-1]
    return {n: float(variances[:n].sum() / variances.sum()) for n in (16, 64, 128, 256)}


def _distinct(real: Vectors, count: int, rng: np.random.Generator) -> Vectors:
    """Draw until there are enough different ones."""
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
