"""Simulated captures of a collection's prints, each fingerprinted once.

Parity is measured on them. The choice of prints and their conditions depend only on each print's id and the seed. Ten
more prints therefore leave nearly every capture unchanged, and its cached fingerprint stays valid. The module knows
nothing of models: the caller passes in a fingerprint function.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from converter.errors import ParityError
from converter.progress import Progress, quiet
from device.imaging.frames import Pixels
from device.recognition.embedding.fingerprint import DIMENSIONS, Vector
from device.recognition.embedding.nearest import Vectors, normalise
from device.recognition.embedding.preprocess import to_input
from evaluation.simulate.camera_noise import CAMERA, CameraFactor, simulate

Batch = npt.NDArray[np.uint8]
# uint8 (N, 224, 224, 3), RGB -> float32 (N, 512), of any length.
Fingerprints = Callable[[Batch], Vectors]

BATCH = 16
# A second capture of a print adds less than a capture of another print. A fifth adds nothing.
_MOST_A_PRINT = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPicture:
    """A print of the collection with a function that loads its picture.

    Attributes:
        item: Index of its fingerprint in the bundle.
        load: Returns uint8 (H, W, 3), RGB, upright. It is called when the picture is needed, possibly several times.
        sha256: Hash of the picture's file; empty if nothing is cached under it.
    """

    record_id: str
    item: int
    load: Callable[[], Pixels]
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCapture:
    """A simulated capture of a print, with its fingerprint.

    Attributes:
        record_id, item: The captured print.
        pixels: uint8 (224, 224, 3), RGB; the model's input.
        aspect: Width over height before it was squashed.
        vector: float32 (512,), unit length, by the bundle's quantised model.
    """

    record_id: str
    item: int
    pixels: Pixels
    aspect: float
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCapture:
    """A capture to be made: its print, its seed and its conditions.

    Attributes:
        number: Counts this print's captures, from 0.
        seed: Seeds all randomness, together with the print's id and the number.
        factors: The camera factors to apply.
    """

    print: PrintPicture
    number: int
    seed: int
    factors: tuple[CameraFactor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureInput:
    """A capture as the model's input.

    Attributes:
        pixels: uint8 (224, 224, 3), RGB.
        aspect: Width over height before it was squashed.
    """

    pixels: Pixels
    aspect: float


MakeCapture = Callable[[PlannedCapture], CaptureInput]


def sample_prints(
    prints: Sequence[PrintPicture], count: int, seed: int
) -> tuple[PrintPicture, ...]:
    """Return a sample of prints, chosen by their ids.

    A print that is added or removed changes the sample by at most one print.

    Args:
        prints: The collection, in any order.
        count: Size of the sample; a smaller collection is returned whole.
        seed: Selects one of the possible samples.
    """
    return tuple(sorted(prints, key=lambda picture: _seed_of(seed, 0, picture.record_id))[:count])


def make_capture(planned: PlannedCapture) -> CaptureInput:
    """Return a simulated capture of a print as the model's input."""
    rng = np.random.default_rng(_seed_of(planned.seed, planned.number, planned.print.record_id))
    picture = simulate(planned.print.load(), rng, planned.factors)
    return CaptureInput(pixels=to_input(picture), aspect=picture.shape[1] / picture.shape[0])


def take_captures(
    prints: Sequence[PrintPicture],
    fingerprints: Fingerprints,
    *,
    count: int,
    seed: int,
    factors: Sequence[CameraFactor] = CAMERA,
    make_capture: MakeCapture = make_capture,
    progress: Progress = quiet,
) -> tuple[SimulatedCapture, ...]:
    """Return simulated captures of prints with their fingerprints.

    Args:
        prints: The collection, in any order.
        fingerprints: The bundle's quantised model, through the kiosk's own code.
        count: Number of captures. Once every print has been captured, prints repeat, each at most four times.
        seed: Selects the prints and the conditions of each capture.
        factors: The camera factors to apply.
        make_capture: Makes one capture, or returns it from a cache.
        progress: Called after each batch.

    Returns:
        Captures in random order, 150 kB each. No print repeats before all have been captured.

    Raises:
        ParityError: When `fingerprints` doesn't return one finite vector for each picture.
    """
    plans = _plan_captures(prints, count, seed, tuple(factors))
    captures: list[SimulatedCapture] = []
    for batch in batched(plans, BATCH):
        taken = [make_capture(planned) for planned in batch]
        vectors = unit_fingerprints(fingerprints, np.stack([one.pixels for one in taken]))
        for planned, one, vector in zip(batch, taken, vectors, strict=True):
            captures.append(
                SimulatedCapture(
                    record_id=planned.print.record_id,
                    item=planned.print.item,
                    pixels=one.pixels,
                    aspect=one.aspect,
                    vector=vector,
                )
            )
        progress("captures", len(captures), len(plans))
    return tuple(captures)


def unit_fingerprints(fingerprints: Fingerprints, pixels: Batch) -> Vectors:
    """Return the fingerprints of a batch, scaled to unit length: float32 (N, 512).

    Raises:
        ParityError: When the model doesn't return one finite vector for each picture.
    """
    vectors = fingerprints(pixels)
    wanted = (len(pixels), DIMENSIONS)
    if vectors.shape != wanted or not np.isfinite(vectors).all():
        raise ParityError(
            f"fingerprints: expected finite {wanted}, found {vectors.shape}"
            f"{'' if np.isfinite(vectors).all() else ' with values that are not finite'}; check the model"
        )
    return normalise(vectors.astype(np.float32, copy=False))


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield the items in tuples of `size`; the last may be shorter."""
    iterator = iter(items)
    while batch := tuple(islice(iterator, size)):  # itertools.batched is Python 3.12's
        yield batch


def _plan_captures(
    prints: Sequence[PrintPicture], count: int, seed: int, factors: tuple[CameraFactor, ...]
) -> list[PlannedCapture]:
    rounds = min(_MOST_A_PRINT, -(-count // max(1, len(prints))))
    plans: list[PlannedCapture] = []
    for number in range(rounds):
        order = sorted(prints, key=lambda picture: _seed_of(seed, number, picture.record_id))
        plans += [
            PlannedCapture(print=picture, number=number, seed=seed, factors=factors)
            for picture in order
        ]
    return plans[:count]


def _seed_of(seed: int, number: int, record_id: str) -> int:
    digest = hashlib.sha256(f"{seed}:{number}:{record_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
