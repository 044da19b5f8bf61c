"""Benchmark: one fingerprint, by the kiosk's model and by other runtimes on the same network."""

import contextlib
import logging
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np

from bench import peers
from bench.results import Mark, Section, Timing, ratio, times_table
from bench.setting import Setting, inputs, items_of, say, spread
from bench.sides import Maker, Side, race, started
from converter.model import calibration, weights
from converter.model.vgg16 import profile_of
from device.bundle import layout
from device.imaging.frames import Pixels
from device.recognition.embedding.nearest import normalise

OURS = "ours"
GRAPH, PREDICT = "TensorFlow float32, graph", "TensorFlow float32, predict_on_batch"
ORT, OPENVINO = "ONNX Runtime int8, static", "OpenVINO int8"
# A peer below this cosine to float32 is fast at something else.
PEER_COSINE = 0.99

TF_MARK, PEER_MARK = 3.8, 1.10


def measure(setting: Setting) -> Section:
    """Race the runtimes and hold each one's fingerprints against TensorFlow's."""
    makers = _makers(setting)
    pictures = inputs(spread(items_of(setting), setting.amounts.pictures))
    with ExitStack() as stack:
        sides = started(stack, makers)
        say("fingerprints by %d runtimes", len(sides))
        cosines = _cosines(sides, pictures)
        timings = race(
            sides,
            pictures,
            rounds=setting.amounts.rounds,
            calls=setting.amounts.calls,
            what="fingerprint",
        )
    dynamic = _dynamic_once(setting, pictures)
    variant = setting.manifest().model.variant
    said = {name: (f"{mid:.5f}", f"{low:.5f}") for name, (mid, low) in cosines.items()}
    table = times_table(timings, ours=OURS, also=said, extra=("cosine, median", "min"))
    return Section(
        name="fingerprints",
        title=f"One fingerprint ({variant})",
        method=(
            "Model input (uint8 224 x 224 RGB) to 512 numbers, every runtime in a process of its own with "
            f"{setting.threads} threads, taking turns of {setting.amounts.calls} calls. Peers have the same weights, each "
            f"quantised by its own tools on the {setting.amounts.calibration} prints that ours was; cosine to TensorFlow "
            f"float32 over {len(pictures)} prints. {dynamic}"
        ),
        tables=(table,),
        marks=_marks(timings, cosines),
        figures={f"{name}, median ms": timing.median_ms for name, timing in timings.items()},
    )


def _makers(setting: Setting) -> dict[str, Maker]:
    model = setting.manifest().model
    profile = profile_of(model.preprocess)
    threads, scratch = setting.threads, setting.scratch
    say("quantising the peers' models")
    _quantise(setting, scratch)
    cache = setting.cache.root
    float_model = scratch / "float32.onnx"
    return {
        OURS: partial(peers.ours, setting.bundle / layout.MODEL, threads),
        GRAPH: partial(peers.tensorflow_graph, cache, profile, threads),
        PREDICT: partial(peers.tensorflow_predict, cache, profile, threads),
        ORT: partial(peers.onnx_runtime, scratch / "static.onnx", threads),
        OPENVINO: partial(peers.openvino, scratch / "int8.xml", threads, "f32"),
        "OpenVINO int8, without AMX": partial(
            peers.openvino, scratch / "int8.xml", threads, "f32", "AVX512_CORE_VNNI"
        ),
        "ONNX Runtime float32": partial(peers.onnx_runtime, float_model, threads),
        "OpenVINO float32": partial(peers.openvino, float_model, threads, "f32"),
        "OpenVINO bf16": partial(peers.openvino, float_model, threads, "bf16"),
    }


def _quantise(setting: Setting, scratch: Path) -> None:
    model = setting.manifest().model
    found = weights.find(None, cache=setting.cache.root)
    prints = list(calibration.prints()[: setting.amounts.calibration])
    peers.save_network(found, profile_of(model.preprocess), scratch / "float32.onnx")
    logging.getLogger("nncf").setLevel(logging.ERROR)
    logging.getLogger().setLevel(
        logging.ERROR
    )  # both advise a pre-processing that this graph doesn't need
    try:
        peers.quantize_onnx(scratch / "float32.onnx", prints, scratch / "static.onnx")
        peers.quantize_onnx_dynamic(scratch / "float32.onnx", scratch / "dynamic.onnx")
        with contextlib.redirect_stdout(None):
            peers.quantize_openvino(scratch / "float32.onnx", prints, scratch / "int8.xml")
    finally:
        logging.getLogger().setLevel(logging.INFO)


def _cosines(sides: list[Side], pictures: list[Pixels]) -> dict[str, tuple[float, float]]:
    """Give each side's cosines to TensorFlow's graph: median and minimum."""
    vectors = {side.name: normalise(np.stack(side.results(pictures))) for side in sides}
    cosines = {name: (found * vectors[GRAPH]).sum(axis=1) for name, found in vectors.items()}
    return {name: (float(np.median(c)), float(c.min())) for name, c in cosines.items()}


def _dynamic_once(setting: Setting, pictures: list[Pixels]) -> str:
    """Say how long ONNX Runtime's dynamic quantisation takes: too long for a race."""
    maker = partial(peers.onnx_runtime, setting.scratch / "dynamic.onnx", setting.threads)
    with Side("ONNX Runtime int8, dynamic", maker) as side:
        return f"ONNX Runtime's dynamic quantisation, for information: {side.turn(pictures[:2]):.0f} ms."


def _marks(timings: dict[str, Timing], cosines: dict[str, tuple[float, float]]) -> tuple[Mark, ...]:
    reference = min((GRAPH, PREDICT), key=lambda name: timings[name].median_ms)
    against_tf = ratio(timings[reference], timings[OURS])
    able = [name for name in (ORT, OPENVINO) if cosines[name][0] >= PEER_COSINE]
    marks = [
        Mark(
            what="TensorFlow float32 / ours",
            wanted=f"at least {TF_MARK}",
            found=f"{against_tf:.2f} ({reference})",
            met=against_tf >= TF_MARK,
        )
    ]
    if able:
        peer = min(able, key=lambda name: timings[name].median_ms)
        against_peer = ratio(timings[OURS], timings[peer])
        marks.append(
            Mark(
                what="ours / the faster int8 peer",
                wanted=f"at most {PEER_MARK:.2f}",
                found=f"{against_peer:.2f} ({peer})",
                met=against_peer <= PEER_MARK,
            )
        )
    return tuple(marks)
