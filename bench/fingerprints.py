"""Benchmark: one fingerprint, computed by the kiosk's model and by other runtimes."""

import contextlib
import logging
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np

from bench import runtimes
from bench.context import BenchContext, log_progress, model_inputs, read_items, sample_evenly
from bench.process_race import Contender, Maker, race, start_contenders
from bench.results import Section, Target, Timing, ratio, times_table
from converter.model import calibration, weights
from converter.model.vgg16 import profile_of
from device.bundle import layout
from device.imaging.frames import Pixels
from device.recognition.embedding.nearest import normalise

OURS = "ours"
GRAPH, PREDICT = "TensorFlow float32, graph", "TensorFlow float32, predict_on_batch"
ORT, OPENVINO = "ONNX Runtime int8, static", "OpenVINO int8"
# A peer below this cosine to float32 computes another fingerprint, so its time is not compared.
PEER_COSINE = 0.99

TF_TARGET, PEER_TARGET = 3.8, 1.10


def measure(context: BenchContext) -> Section:
    """Race the runtimes, and compare their fingerprints with TensorFlow's."""
    makers = _makers(context)
    pictures = model_inputs(sample_evenly(read_items(context), context.workload.pictures))
    with ExitStack() as stack:
        contenders = start_contenders(stack, makers)
        log_progress("fingerprints by %d runtimes", len(contenders))
        cosines = _cosines(contenders, pictures)
        timings = race(
            contenders,
            pictures,
            rounds=context.workload.rounds,
            calls=context.workload.calls,
            name="fingerprint",
        )
    dynamic = _dynamic_once(context, pictures)
    variant = context.manifest().model.variant
    cells = {name: (f"{mid:.5f}", f"{low:.5f}") for name, (mid, low) in cosines.items()}
    table = times_table(timings, ours=OURS, cells=cells, columns=("cosine, median", "min"))
    return Section(
        name="fingerprints",
        title=f"One fingerprint ({variant})",
        method=(
            "Model input (uint8 224 x 224 RGB) to 512 numbers, each runtime in a process of its own with "
            f"{context.threads} threads, in turns of {context.workload.calls} calls. Peers have the same weights, each "
            f"quantised by its own tools on the same {context.workload.calibration_prints} prints as ours. Cosines are to TensorFlow "
            f"float32, over {len(pictures)} prints. {dynamic}"
        ),
        tables=(table,),
        targets=_targets(timings, cosines),
        figures={f"{name}, median ms": timing.median_ms for name, timing in timings.items()},
    )


def _makers(context: BenchContext) -> dict[str, Maker]:
    model = context.manifest().model
    profile = profile_of(model.preprocess)
    threads, scratch = context.threads, context.scratch
    log_progress("quantising the peers' models")
    _quantise(context, scratch)
    cache = context.cache.root
    float_model = scratch / "float32.onnx"
    return {
        OURS: partial(runtimes.ours, context.bundle / layout.MODEL, threads),
        GRAPH: partial(runtimes.tensorflow_graph, cache, profile, threads),
        PREDICT: partial(runtimes.tensorflow_predict, cache, profile, threads),
        ORT: partial(runtimes.onnx_runtime, scratch / "static.onnx", threads),
        OPENVINO: partial(runtimes.openvino, scratch / "int8.xml", threads, "f32"),
        "OpenVINO int8, without AMX": partial(
            runtimes.openvino, scratch / "int8.xml", threads, "f32", "AVX512_CORE_VNNI"
        ),
        "ONNX Runtime float32": partial(runtimes.onnx_runtime, float_model, threads),
        "OpenVINO float32": partial(runtimes.openvino, float_model, threads, "f32"),
        "OpenVINO bf16": partial(runtimes.openvino, float_model, threads, "bf16"),
    }


def _quantise(context: BenchContext, scratch: Path) -> None:
    model = context.manifest().model
    found = weights.find(None, cache=context.cache.root)
    prints = list(calibration.prints()[: context.workload.calibration_prints])
    runtimes.save_network(found, profile_of(model.preprocess), scratch / "float32.onnx")
    logging.getLogger("nncf").setLevel(logging.ERROR)
    # Both advise a pre-processing that this graph doesn't need.
    logging.getLogger().setLevel(logging.ERROR)
    try:
        runtimes.quantize_onnx(scratch / "float32.onnx", prints, scratch / "static.onnx")
        runtimes.quantize_onnx_dynamic(scratch / "float32.onnx", scratch / "dynamic.onnx")
        with contextlib.redirect_stdout(None):
            runtimes.quantize_openvino(scratch / "float32.onnx", prints, scratch / "int8.xml")
    finally:
        logging.getLogger().setLevel(logging.INFO)


def _cosines(contenders: list[Contender], pictures: list[Pixels]) -> dict[str, tuple[float, float]]:
    """Return each contender's cosines to TensorFlow's graph: median and minimum."""
    vectors = {each.name: normalise(np.stack(each.results(pictures))) for each in contenders}
    cosines = {name: (found * vectors[GRAPH]).sum(axis=1) for name, found in vectors.items()}
    return {name: (float(np.median(c)), float(c.min())) for name, c in cosines.items()}


def _dynamic_once(context: BenchContext, pictures: list[Pixels]) -> str:
    """Return a sentence with the time of ONNX Runtime's dynamic model, too slow to race."""
    maker = partial(runtimes.onnx_runtime, context.scratch / "dynamic.onnx", context.threads)
    with Contender("ONNX Runtime int8, dynamic", maker) as contender:
        return f"ONNX Runtime's dynamic quantisation, for information: {contender.turn(pictures[:2]):.0f} ms."


def _targets(
    timings: dict[str, Timing], cosines: dict[str, tuple[float, float]]
) -> tuple[Target, ...]:
    reference = min((GRAPH, PREDICT), key=lambda name: timings[name].median_ms)
    against_tf = ratio(timings[reference], timings[OURS])
    exact_enough = [name for name in (ORT, OPENVINO) if cosines[name][0] >= PEER_COSINE]
    targets = [
        Target(
            name="TensorFlow float32 / ours",
            wanted=f"at least {TF_TARGET}",
            found=f"{against_tf:.2f} ({reference})",
            met=against_tf >= TF_TARGET,
        )
    ]
    if exact_enough:
        peer = min(exact_enough, key=lambda name: timings[name].median_ms)
        against_peer = ratio(timings[OURS], timings[peer])
        targets.append(
            Target(
                name="ours / the faster int8 peer",
                wanted=f"at most {PEER_TARGET:.2f}",
                found=f"{against_peer:.2f} ({peer})",
                met=against_peer <= PEER_TARGET,
            )
        )
    return tuple(targets)
