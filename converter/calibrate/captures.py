"""Simulated captures of a collection's prints, each fingerprinted once.

Parity is measured on them. Which prints are taken, and what happens to
each, depends on the print's id and the seed alone: ten prints more in a collection leave nearly every capture as
it was, so that fingerprints can be kept. Knows nothing of models: fingerprints come from whoever is passed in.
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
from device.recognition.embedding.nearest import Vectors, unit
from device.recognition.embedding.preprocess import to_input
from evaluation.simulate.camera_noise import CAMERA, CameraFactor, simulate

Batch = npt.NDArray[np.uint8]
# uint8 (N, 224, 224, 3), RGB -> float32 (N, 512), of any length.
Fingerprints = Callable[[Batch], Vectors]

BATCH = 16
# Two captures of one print tell less than captures of two prints; past a few they tell nothing.
_MOST_A_PRINT = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPicture:
    """A print of the collection and the way to its picture.

    Attributes:
        item: Row of its fingerprint.
        load: Gives uint8 (H, W, 3), RGB, upright; called when the picture is needed, and perhaps again.
        sha256: Of the picture's file; empty where nothing is kept by it.
    """

    record_id: str
    item: int
    load: Callable[[], Pixels]
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCapture:
    """A print as a camera might show it, and its fingerprint.

    Attributes:
        record_id, item: Of the print that was captured.
        pixels: uint8 (224, 224, 3), RGB: the model's input.
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
    """One capture that is to be made.

    Attributes:
        number: Of this print's plans.
        seed: With the print's id and the number, where all chance comes from.
        factors: What happens to it.
    """

    print: PrintPicture
    number: int
    seed: int
    factors: tuple[CameraFactor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureInput:
    """What the model is shown of a capture.

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
    """Choose prints by their ids: the same ones, whatever else is in the collection, as far as that goes.

    Args:
        prints: The collection, in any order.
        count: How many; all of them where there are fewer.
        seed: Which of the many such choices.
    """
    return tuple(sorted(prints, key=lambda picture: _seed_of(seed, 0, picture.record_id))[:count])


def make_capture(planned: PlannedCapture) -> CaptureInput:
    """Capture a print as a camera might show it."""
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
    """Capture prints as a camera might show them.

    Args:
        prints: The collection, in any order.
        fingerprints: The bundle's quantised model, through the kiosk's own code.
        count: How many captures; a print is taken again once all were, at most four times.
        seed: Chooses the prints and what happens to each.
        factors: What happens to them.
        make_capture: Makes them; perhaps by looking for one that was kept.
        progress: Called after each batch.

    Returns:
        Captures in an order of chance, the first ones all of different prints; 150 kB each.

    Raises:
        ParityError: When `fingerprints` gives something else than one vector a picture.
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
    """Give the fingerprints of a batch at unit length: float32 (N, 512).

    Raises:
        ParityError: When it gives something else than one finite vector a picture.
    """
    vectors = fingerprints(pixels)
    wanted = (len(pixels), DIMENSIONS)
    if vectors.shape != wanted or not np.isfinite(vectors).all():
        raise ParityError(
            f"fingerprints: expected finite {wanted}, found {vectors.shape}"
            f"{'' if np.isfinite(vectors).all() else ' with values that are not'}; check the model"
        )
    return unit(vectors.astype(np.float32, copy=False))


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Give the items in tuples of this size, the last perhaps shorter."""
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
