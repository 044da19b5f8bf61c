"""Compute fingerprints for the parity comparison, a batch at a time.

Each picture is released as soon as its fingerprint is computed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from converter.calibrate.captures import (
    BATCH,
    Batch,
    Fingerprints,
    MakeCapture,
    PrintPicture,
    SimulatedCapture,
    batched,
    make_capture,
    take_captures,
    unit_fingerprints,
)
from converter.errors import ParityError
from converter.parity.metrics import Cosines, cosines
from converter.progress import Progress, quiet
from device.bundle import layout
from device.bundle.reader import OpenedBundle
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import Vectors
from evaluation.simulate.camera_noise import CameraFactor


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorAlone:
    """Cosines between kiosk and reference under one factor of the simulated camera alone.

    Attributes:
        most: Largest strength of the factor, in `unit`.
    """

    name: str
    most: float
    unit: str
    cosines: Cosines


def check_prints(bundle: OpenedBundle, prints: Sequence[PrintPicture]) -> None:
    """Check that the prints are those of the bundle.

    Raises:
        ParityError: When a row has no picture or belongs to another record.
    """
    wanted = bundle.manifest.items
    advice = "name the collection that it was built from"
    if sorted(picture.item for picture in prints) != list(range(wanted)):
        raise ParityError(
            f"{bundle.path}: expected a picture for each of {wanted} prints, found {len(prints)}; {advice}"
        )
    for picture in prints:
        found = bundle.records.at(picture.item).record_id
        if found != picture.record_id:
            raise ParityError(
                f"{bundle.path}: row {picture.item} is {found!r}, the collection has {picture.record_id!r}; {advice}"
            )


def fingerprints_of(bundle: OpenedBundle, *, threads: int) -> Fingerprints:
    """Return the bundle's quantised model as a function of a batch.

    It runs one picture at a time, as on the kiosk.
    """
    model = bundle.manifest.model
    preprocess.check(model.resize, str(bundle.path))
    fingerprinter = Fingerprinter(bundle.file(layout.MODEL), model.sha256, threads=threads)

    def fingerprints(pixels: Batch) -> Vectors:
        return np.stack([fingerprinter(picture).vector for picture in pixels])

    return fingerprints


def fingerprint_prints(
    fingerprints: Fingerprints, prints: Sequence[PrintPicture], progress: Progress
) -> Vectors:
    """Return the fingerprints of the prints' own pictures: float32 (N, 512), unit length."""
    inputs = (preprocess.to_input(picture.load()) for picture in prints)
    return _in_batches(fingerprints, inputs, "prints, reference", len(prints), progress)


def fingerprint_captures(
    fingerprints: Fingerprints, captures: Sequence[SimulatedCapture], progress: Progress
) -> Vectors:
    """Return the fingerprints of captures: float32 (N, 512), unit length."""
    inputs = (capture.pixels for capture in captures)
    return _in_batches(fingerprints, inputs, "captures, reference", len(captures), progress)


def measure_factors(
    factors: Sequence[CameraFactor],
    prints: Sequence[PrintPicture],
    reference: Fingerprints,
    kiosk: Fingerprints,
    *,
    count: int,
    seed: int,
    make_capture: MakeCapture = make_capture,
    progress: Progress,
) -> tuple[FactorAlone, ...]:
    """Return the cosines between kiosk and reference for each camera factor alone."""
    measured = []
    for number, factor in enumerate(factors, 1):
        captures = take_captures(
            prints, kiosk, count=count, seed=seed, factors=[factor], make_capture=make_capture
        )
        reference_vectors = fingerprint_captures(reference, captures, quiet)
        found = [
            float(c.vector @ vector) for c, vector in zip(captures, reference_vectors, strict=True)
        ]
        measured.append(
            FactorAlone(
                name=factor.name, most=factor.most, unit=factor.unit, cosines=cosines(found)
            )
        )
        progress("factors alone", number, len(factors))
    return tuple(measured)


def _in_batches(
    fingerprints: Fingerprints, inputs: Iterable[Pixels], what: str, total: int, progress: Progress
) -> Vectors:
    vectors: list[Vectors] = []
    for number, batch in enumerate(batched(inputs, BATCH)):
        vectors.append(unit_fingerprints(fingerprints, np.stack(batch)))
        progress(what, number * BATCH + len(batch), total)
    return np.concatenate(vectors)
