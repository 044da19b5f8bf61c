"""Time and memory of each step of a build, measured on a sample of prints.

`bench.build_time` runs it in a process of its own, so that the peak of its memory counts only this.
"""

import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench import scaled_fingerprints
from bench.context import BenchContext, log_progress, read_items, sample_evenly
from converter.build import index
from converter.build.pictures import SCREEN_QUALITY, PreparedPicture, prepare
from converter.cache import Cache
from converter.calibrate import captures
from converter.calibrate.captures import PrintPicture
from converter.ingest.collection import Item
from converter.model import calibration, quantize, weights
from converter.model.fingerprint_models import QuantisedModel, ReferenceModel
from converter.model.vgg16 import build, profile_of
from converter.parity.compare import ParityPlan
from device.bundle import layout
from device.imaging import decoding, frames
from device.recognition.embedding.nearest import Vectors
from device.recognition.local import codebook
from evaluation.simulate.camera_noise import CAMERA

LARGE = 20_000
_BATCH = 8
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildCosts:
    """Time and memory of a build's steps.

    Attributes:
        model_s: Quantising the model; it doesn't depend on the collection's size.
        prepare_s, fingerprint_s, capture_s, reference_s: For one print (or capture).
        index_s: Choosing parameters and building the index at `LARGE` prints.
        measured: Number of prints in the sample.
        peak_mb: Peak of this process's resident memory over all steps.
        worker_mb: Peak of the resident memory of one decoding process.
    """

    model_s: float
    prepare_s: float
    fingerprint_s: float
    capture_s: float
    reference_s: float
    index_s: float
    measured: int
    peak_mb: float
    worker_mb: float


def measure_costs(context: BenchContext, large: int) -> BuildCosts:
    """Measure every step of a build with an empty cache, and the index at its full size."""
    items = sample_evenly(read_items(context), context.workload.build_prints)
    model = context.manifest().model
    with tempfile.TemporaryDirectory(dir=context.scratch) as folder:
        cache = Cache(root=Path(folder))
        found = weights.find(None, cache=context.cache.root)
        quantised = QuantisedModel(
            context.bundle / layout.MODEL, model.sha256, cache, threads=context.threads
        )
        log_progress("decoding and fingerprints")
        prepared, prepare_s = _timed(lambda: _prepared(items, cache, context))
        # Measured before anything large is loaded: the peak of a forked process starts at its parent's.
        worker_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
        pixels = [one.pixels for one in prepared if one.pixels is not None]
        vectors, fingerprint_s = _timed(
            lambda: [quantised(f"bench-{n}", one) for n, one in enumerate(pixels)]
        )
        pictures = [
            PrintPicture(record_id=i.record_id, item=row, load=partial(decoding.load, i.image))
            for row, i in enumerate(items)
        ]
        taken, capture_s = _timed(
            lambda: captures.take_captures(pictures, quantised.batch, count=len(items), seed=1)
        )
        reference = ReferenceModel(found, profile_of(model.preprocess), cache)
        reference(np.stack(pixels[:1]))  # loads TensorFlow
        log_progress("TensorFlow's fingerprints (%.0f MB so far)", _peak_mb())
        _, reference_s = _timed(lambda: _referenced(reference, pixels))
        log_progress("an index of %d prints (%.0f MB so far)", large, _peak_mb())
        _, index_s = _timed(lambda: _index(np.stack(vectors), large, Path(folder)))
    log_progress("making the model (%.0f MB so far)", _peak_mb())
    return BuildCosts(
        model_s=_model_s(context),
        prepare_s=prepare_s / len(items),
        fingerprint_s=fingerprint_s / len(pixels),
        capture_s=capture_s / len(taken),
        reference_s=reference_s / len(pixels),
        index_s=index_s,
        measured=len(items),
        peak_mb=_peak_mb(),
        worker_mb=worker_mb,
    )


def seconds_for(prints: int, one: BuildCosts, plan: ParityPlan) -> dict[str, float]:
    """Return the seconds of each step for a collection of `prints` prints."""
    compared = min(prints, plan.most_prints)
    return {
        "make the model": one.model_s,
        "decode, screen pictures": prints * one.prepare_s,
        "quantised fingerprints": prints * one.fingerprint_s,
        "captures": plan.camera_queries * one.capture_s,
        "TensorFlow's fingerprints": (compared + plan.camera_queries) * one.reference_s,
        "factors alone": plan.factor_queries * len(CAMERA) * (one.capture_s + one.reference_s),
        "index": one.index_s,
    }


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    done = work()
    return done, time.perf_counter() - start


def _prepared(items: Sequence[Item], cache: Cache, context: BenchContext) -> list[PreparedPicture]:
    ready = prepare(
        [item.pictures[0] for item in items],
        cache,
        needs_pixels=[True] * len(items),
        codebook=codebook.load(context.bundle / layout.CODEBOOK),
        quality=SCREEN_QUALITY,
        workers=context.threads,
    )
    return [one for one in ready if isinstance(one, PreparedPicture)]


def _referenced(reference: ReferenceModel, pixels: Sequence[frames.Pixels]) -> None:
    for start in range(1, len(pixels), _BATCH):
        reference(np.stack(pixels[start : start + _BATCH]))


def _index(vectors: Vectors, large: int, folder: Path) -> None:
    shifts = np.zeros((1, vectors.shape[1]), np.float32)
    made = scaled_fingerprints.generate(vectors, shifts, count=large, queries=400, seed=3)
    index.build(made.vectors, made.held_out, folder / layout.INDEX, model_sha256="bench")


def _model_s(context: BenchContext) -> float:
    """Return the seconds to quantise the bundle's model, as a build with an empty cache does."""
    model = context.manifest().model
    network = build(weights.find(None, cache=context.cache.root), profile_of(model.preprocess))
    variant = next(v for v in quantize.VARIANTS if v == model.variant)
    prints = calibration.prints()[: context.workload.calibration_prints]
    _, taken = _timed(lambda: quantize.convert(network, variant, prints))
    return taken


def _peak_mb() -> float:
    """Return this process's peak resident memory; unlike `getrusage`, without its parent's."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
