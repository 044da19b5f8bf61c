"""Compare the kiosk's answers with full-precision TensorFlow, and apply the gate.

The kiosk's side is the real one: its preprocessing, its quantised model, its index and its thresholds. The caller
passes in the reference as a function, so this module doesn't need TensorFlow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from converter.calibrate import duplicates
from converter.calibrate.captures import (
    Fingerprints,
    MakeCapture,
    PrintPicture,
    SimulatedCapture,
    make_capture,
    sample_prints,
    take_captures,
)
from converter.parity import run_models
from converter.parity.known_unknown_scores import KnownUnknownScores, score
from converter.parity.metrics import Agreement, SearchComparison, agreement
from converter.parity.reference_search import ReferenceSearch
from converter.parity.run_models import FactorAlone
from converter.parity.worst_cases import Case, worst_cases
from converter.progress import Progress, quiet
from device.bundle import layout
from device.bundle.manifest import IndexSpec, ModelSpec, ParitySummary, Thresholds
from device.bundle.reader import OpenedBundle
from device.recognition.embedding.nearest import Vectors, load_array
from evaluation.simulate.camera_noise import CAMERA


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityPlan:
    """Numbers of prints and simulated captures on which parity is measured.

    Attributes:
        seed: Selects the prints and the conditions of the simulated camera.
        camera_queries: Number of captures to make if the caller passes none.
        factor_queries: Number of captures for each single factor of the simulated camera.
        most_prints: Largest number of prints compared; a larger collection is sampled, the same way on both sides.
        threads: Threads for the quantised model if the caller passes none.
    """

    seed: int = 2026
    camera_queries: int = 400
    factor_queries: int = 24
    most_prints: int = 2000
    threads: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GateMinimums:
    """The minimums of the parity gate, named as in `ParitySummary`; `None` sets no minimum."""

    clean_cosine_median: float | None = None
    clean_cosine_p1: float | None = None
    clean_cosine_min: float | None = None
    camera_top1_agreement: float | None = None
    camera_top10_overlap: float | None = None


MUSEUM = GateMinimums(
    clean_cosine_median=0.9993,
    clean_cosine_p1=0.998,
    camera_top1_agreement=0.995,
    camera_top10_overlap=0.96,
)
STRICT = replace(MUSEUM, clean_cosine_min=0.995)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """One figure of the parity gate: its minimum `wanted`, if any, and the value `found`."""

    name: str
    wanted: float | None
    found: float

    @property
    def is_met(self) -> bool:
        """Whether the value found reaches the minimum; NaN reaches none."""
        return self.wanted is None or self.found >= self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """The complete result of comparing a bundle's answers with the reference's.

    Attributes:
        prints: Number of prints in the bundle.
        clean: Agreement on the collection's own pictures.
        camera: Agreement on simulated captures.
        by_index: Whether the bundle's own index searched. A sample, other pictures, and a bundle with several pictures
            of one record are searched exactly, because both sides must search the same pictures.
        camera_recall: Share of the ten nearest prints of the whole bundle that the kiosk's index finds for captures.
        scores: Cosines of the captures, with their print in the collection and without it.
    """

    name: str
    prints: int
    plan: ParityPlan
    model: ModelSpec
    index: IndexSpec
    thresholds: Thresholds
    clean: Agreement
    camera: Agreement
    by_index: bool
    camera_recall: float
    factors: tuple[FactorAlone, ...]
    scores: KnownUnknownScores
    cases: tuple[Case, ...]

    @property
    def compared(self) -> int:
        """Number of prints searched on both sides; a large collection is sampled."""
        return len(self.clean.comparisons)


def compare(
    bundle: OpenedBundle,
    prints: Sequence[PrintPicture],
    reference: Fingerprints,
    *,
    plan: ParityPlan | None = None,
    quantised: Fingerprints | None = None,
    captures: Sequence[SimulatedCapture] | None = None,
    make_capture: MakeCapture = make_capture,
    originals: bool = True,
    progress: Progress = quiet,
) -> Parity:
    """Compare the kiosk's answers with the reference's.

    Args:
        bundle: The bundle, with fitted thresholds.
        prints: One print for each row of the bundle, in any order.
        reference: Computes full-precision fingerprints.
        plan: The amount of material; `None` for that of a build.
        quantised: The bundle's model if it is already loaded, possibly with cached results.
        captures: Captures of these prints; `None` makes them.
        make_capture: Makes one capture, or returns it from a cache.
        originals: Whether the bundle's fingerprints were made from these pictures. If not (the bundle's own, smaller
            ones), the kiosk's side is fingerprinted again and searched exactly.
        progress: Called after each batch of pictures.

    Raises:
        ParityError: When the prints are not the bundle's, or a model returns invalid fingerprints.
    """
    plan = plan or ParityPlan()
    run_models.check_prints(bundle, prints)
    kiosk = quantised or run_models.fingerprints_of(bundle, threads=plan.threads)
    taken = captures or take_captures(
        prints,
        kiosk,
        count=plan.camera_queries,
        seed=plan.seed,
        make_capture=make_capture,
        progress=progress,
    )
    refingerprint = None if originals else kiosk
    searched = _search_both_sides(bundle, prints, taken, reference, refingerprint, plan, progress)
    stored = load_array(bundle.file(layout.FINGERPRINTS))[: bundle.manifest.items]
    return Parity(
        name=bundle.manifest.name,
        prints=bundle.manifest.items,
        plan=plan,
        model=bundle.manifest.model,
        index=bundle.manifest.index,
        thresholds=bundle.manifest.thresholds,
        clean=agreement(searched.clean, seed=plan.seed),
        camera=agreement(searched.camera, seed=plan.seed),
        by_index=searched.by_index,
        camera_recall=searched.camera_recall,
        factors=run_models.measure_factors(
            CAMERA,
            prints,
            reference,
            kiosk,
            count=plan.factor_queries,
            seed=plan.seed,
            make_capture=make_capture,
            progress=progress,
        ),
        scores=score(stored, taken, duplicates.related(bundle.file(layout.RECORDS))),
        cases=worst_cases(bundle, searched.clean, searched.camera, taken),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _BothSides:
    """The comparisons of both sides, for the prints' own pictures and for the captures."""

    clean: tuple[SearchComparison, ...]
    camera: tuple[SearchComparison, ...]
    camera_recall: float
    by_index: bool


def _search_both_sides(
    bundle: OpenedBundle,
    prints: Sequence[PrintPicture],
    captures: Sequence[SimulatedCapture],
    reference: Fingerprints,
    refingerprint: Fingerprints | None,
    plan: ParityPlan,
    progress: Progress,
) -> _BothSides:
    chosen = sample_prints(prints, plan.most_prints, plan.seed)
    compared = sorted(chosen, key=lambda picture: picture.item)
    items = [picture.item for picture in compared]
    reference_vectors = run_models.fingerprint_prints(reference, compared, progress)
    kiosk_vectors: Vectors = load_array(bundle.file(layout.FINGERPRINTS))[items]
    if refingerprint is not None:
        kiosk_vectors = run_models.fingerprint_prints(refingerprint, compared, progress)
    by_index = refingerprint is None and len(compared) == len(bundle.picture_rows)
    searches = ReferenceSearch(
        bundle, items, reference=reference_vectors, kiosk=None if by_index else kiosk_vectors
    )
    seen = run_models.fingerprint_captures(reference, captures, progress)
    return _BothSides(
        clean=tuple(
            searches.compare(p.record_id, p.item, reference=t, kiosk=o)
            for p, t, o in zip(compared, reference_vectors, kiosk_vectors, strict=True)
        ),
        camera=tuple(
            searches.compare(c.record_id, c.item, reference=t, kiosk=c.vector)
            for c, t in zip(captures, seen, strict=True)
        ),
        camera_recall=searches.recall(np.stack([capture.vector for capture in captures])),
        by_index=by_index,
    )


def summary(parity: Parity) -> ParitySummary:
    """Return the parity figures for the manifest, rounded down to six decimal places.

    Rounding down means that no figure is better than what was measured.
    """
    return ParitySummary(
        clean_cosine_median=_down(parity.clean.cosines.median),
        clean_cosine_p1=_down(parity.clean.cosines.p1),
        clean_cosine_min=_down(parity.clean.cosines.min),
        camera_top1_agreement=_down(parity.camera.top1.value),
        camera_top10_overlap=_down(parity.camera.top10.value),
    )


def gate_results(parity: Parity, minimums: GateMinimums) -> tuple[GateResult, ...]:
    """Return each minimum of the parity gate with the value that was measured."""
    found = summary(parity)
    return tuple(
        GateResult(name=f.name, wanted=getattr(minimums, f.name), found=getattr(found, f.name))
        for f in fields(minimums)
    )


def gate(parity: Parity, minimums: GateMinimums) -> tuple[str, ...]:
    """Return a line for each minimum of the parity gate that the bundle misses; () if none."""
    return tuple(
        f"{result.name}: expected at least {result.wanted}, found {result.found}"
        for result in gate_results(parity, minimums)
        if not result.is_met
    )


def _down(value: float) -> float:
    return math.floor(value * 1e6) / 1e6
