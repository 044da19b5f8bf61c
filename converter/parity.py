"""How near the kiosk's answers are to full-precision TensorFlow with exact search, and the gate on it.

The kiosk's side is the real one: its preprocessing, its quantised model, its index, its thresholds. The reference is
passed in as a function, so that TensorFlow is not needed here.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from converter import captures as shots
from converter.agreement import QUANTILE_METHOD, Agreement, Comparison, Cosines, agreement, cosines
from converter.both_sides import BothSides
from converter.captures import BATCH, Capture, Fingerprints, PrintPicture, Progress, asked, batched
from converter.cases import Case, cases
from converter.errors import ParityError
from converter.thresholds import Scores, relatives_of, score
from device.bundle import layout, values
from device.bundle.manifest import IndexSpec, ModelSpec, ParitySummary, Thresholds
from device.bundle.opened import OpenedBundle
from device.evaluation.simulator import CAMERA
from device.recognition.fingerprint import Fingerprinter
from device.recognition.preprocess import to_input
from device.recognition.search import Vectors, load_array, unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is compared.

    Attributes:
        seed: Chooses prints and what the simulated camera does to them.
        camera_queries: Captures.
        factor_queries: Captures for each factor of the simulated camera on its own.
        most_prints: A larger collection is compared on a sample of so many prints, on both sides.
        threads: Of the quantised model.
    """

    seed: int = 20261
    camera_queries: int = 400
    factor_queries: int = 40
    most_prints: int = 2000
    threads: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a bundle has to reach; `None` asks for nothing. Named as in `ParitySummary`."""

    clean_cosine_median: float | None = None
    clean_cosine_p1: float | None = None
    clean_cosine_min: float | None = None
    camera_top1_agreement: float | None = None
    camera_top10_overlap: float | None = None


MUSEUM = Marks(
    clean_cosine_median=0.9993,
    clean_cosine_p1=0.998,
    camera_top1_agreement=0.995,
    camera_top10_overlap=0.96,
)
STRICT = replace(MUSEUM, clean_cosine_min=0.995)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorAlone:
    """What one factor of the simulated camera does to the nearness of the two sides' fingerprints.

    Attributes:
        most: Its largest amount, in `unit`.
    """

    name: str
    most: float
    unit: str
    cosines: Cosines


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """All that was measured.

    Attributes:
        prints: In the bundle.
        compared: Prints searched on both sides; fewer than `prints` for a sample of a large collection.
        clean: On the collection's own pictures; the kiosk's fingerprints are the bundle's.
        camera: On simulated captures.
        camera_recall: Share of the exact ten nearest that the kiosk's index finds for the captures.
        scores: Of the captures, with their print in the collection and without it.
    """

    name: str
    prints: int
    compared: int
    plan: Plan
    model: ModelSpec
    index: IndexSpec
    thresholds: Thresholds
    clean: Agreement
    camera: Agreement
    camera_recall: float
    factors: tuple[FactorAlone, ...]
    scores: Scores
    cases: tuple[Case, ...]


def gallery(prints: Sequence[PrintPicture], plan: Plan) -> tuple[PrintPicture, ...]:
    """Give the prints that both sides search, by rising row: all, or a sample of a large collection."""
    chosen = shots.sample(prints, plan.most_prints, plan.seed)
    return tuple(sorted(chosen, key=lambda picture: picture.item))


def compare(
    bundle: OpenedBundle,
    prints: Sequence[PrintPicture],
    reference: Fingerprints,
    *,
    plan: Plan,
    quantised: Fingerprints | None = None,
    captures: Sequence[Capture] | None = None,
    reference_vectors: Vectors | None = None,
    progress: Progress = shots.quiet,
) -> Parity:
    """Compare the kiosk's answers with the reference's.

    Args:
        bundle: The bundle, with its thresholds.
        prints: One for each of its rows, in any order.
        reference: Full-precision fingerprints.
        plan: How much is compared.
        quantised: The bundle's model, if it is already loaded, or kept results of it.
        captures: Of these prints, if they were already taken; `None` takes them.
        reference_vectors: float32 (len(gallery), 512), the reference's fingerprints of `gallery(prints, plan)`, row
            for row; `None` computes them.
        progress: Called after each batch of pictures.

    Raises:
        ParityError: When the prints are not the bundle's, or a model gives something else than a fingerprint.
    """
    _check_prints(bundle, prints)
    kiosk = quantised or fingerprints_of(bundle, threads=plan.threads)
    compared = gallery(prints, plan)
    known = _reference_vectors(compared, reference, reference_vectors, progress)
    sides = BothSides(bundle, [picture.item for picture in compared], known)
    if captures is None:
        captures = shots.take(
            prints, kiosk, count=plan.camera_queries, seed=plan.seed, progress=progress
        )
    clean = [
        sides.ask(p.record_id, p.item, sides.reference(p.item), sides.stored(p.item))
        for p in compared
    ]
    camera = _asked(sides, captures, reference, progress)
    manifest = bundle.manifest
    return Parity(
        name=manifest.name,
        prints=manifest.items,
        compared=len(compared),
        plan=plan,
        model=manifest.model,
        index=manifest.index,
        thresholds=manifest.thresholds,
        clean=agreement(clean, seed=plan.seed),
        camera=agreement(camera, seed=plan.seed),
        camera_recall=sides.recall(np.stack([capture.vector for capture in captures])),
        factors=_factors_alone(prints, reference, kiosk, plan, progress),
        scores=score(
            load_array(bundle.file(layout.FINGERPRINTS)), captures, relatives_of(bundle.records)
        ),
        cases=cases(bundle, clean, camera, captures),
    )


def fingerprints_of(bundle: OpenedBundle, *, threads: int) -> Fingerprints:
    """Give a bundle's quantised model as a function of a batch, run one picture at a time as on the kiosk."""
    model = bundle.manifest.model
    fingerprinter = Fingerprinter(bundle.file(layout.MODEL), model.sha256, threads=threads)

    def fingerprints(pixels: Batch) -> Vectors:
        return np.stack([fingerprinter(picture).vector for picture in pixels])

    return fingerprints


def summary(parity: Parity) -> ParitySummary:
    """Give the figures that go into the manifest, rounded down to six places: never better than measured."""
    return ParitySummary(
        clean_cosine_median=_down(parity.clean.cosines.median),
        clean_cosine_p1=_down(parity.clean.cosines.p1),
        clean_cosine_min=_down(parity.clean.cosines.min),
        camera_top1_agreement=_down(parity.camera.top1.value),
        camera_top10_overlap=_down(parity.camera.top10.value),
    )


def gate(found: ParitySummary, marks: Marks) -> tuple[str, ...]:
    """Give one line for each mark that was missed; none means that the bundle may be published."""
    failures = []
    for field in fields(marks):
        wanted, value = getattr(marks, field.name), getattr(found, field.name)
        if wanted is not None and not value >= wanted:  # no number at all misses its mark, too
            failures.append(f"{field.name}: wanted at least {wanted}, found {value}")
    return tuple(failures)


def _down(value: float) -> float:
    return math.floor(value * 1e6) / 1e6
