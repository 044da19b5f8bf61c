"""Benchmark: the time to watch a frame, and from a captured frame to its answer."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from tqdm import tqdm

from bench.context import BenchContext
from bench.results import Section, Table, Target
from device.bundle.reader import OpenedBundle, opened
from device.bundle.relations import related_items
from device.imaging import decoding, frames
from device.imaging.frames import Frame, Pixels
from device.recognition.recogniser import Recogniser
from device.service.capture.watcher import Watcher
from evaluation.model_timing import ModelTiming
from evaluation.simulate.conditions import Level
from evaluation.simulate.handheld import capture

ANSWER_TARGET, WATCH_TARGET_MS = 4.0, 12.0
WATCHED = (640, 480)
_SEED = 7
# The time between two watched frames.
_STEP_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """Wall times in ms.

    Attributes:
        known: From a frame to its answer, for prints in the collection.
        unknown: The same, with the print and its relations left out of the collection.
        watching: Watching one frame.
        model: One model call.
    """

    known: list[float]
    unknown: list[float]
    watching: list[float]
    model: list[float]


def measure(context: BenchContext) -> Section:
    """Measure answers for prints in the collection and left out of it, and watched frames."""
    with opened(context.bundle) as bundle:
        times = _times(bundle, context)
    model = float(np.median(times.model))
    rows = tuple(
        _row(name, ms, model)
        for name, ms in (
            ("one model call", times.model),
            ("frame to answer, print in the collection", times.known),
            ("frame to answer, print not in it", times.unknown),
            (f"watching a frame of {WATCHED[0]}x{WATCHED[1]}", times.watching),
        )
    )
    slowest = max(float(np.percentile(ms, 95)) for ms in (times.known, times.unknown)) / model
    watching = float(np.median(times.watching))
    return Section(
        name="answer_latency",
        title="From a frame to an answer",
        method=(
            f"{len(times.known)} prints under the simulated camera (level normal), frames of 1280x960, whole recognition, "
            f"{context.threads} threads. One model call is timed before each answer, so that other load on the machine affects "
            "both alike. Each watched frame shows another print, so that each is searched for a sheet."
        ),
        tables=(Table(columns=("", "median ms", "p95", "min", "p95 / model call"), rows=rows),),
        targets=(
            Target(
                name="frame to answer, p95, in model calls",
                wanted=f"at most {ANSWER_TARGET:.0f}",
                found=f"{slowest:.2f}",
                met=slowest <= ANSWER_TARGET,
            ),
            Target(
                name=f"watching a frame of {WATCHED[0]}x{WATCHED[1]}, median",
                wanted=f"at most {WATCH_TARGET_MS:.0f} ms",
                found=f"{watching:.1f} ms",
                met=watching <= WATCH_TARGET_MS,
            ),
        ),
        figures={"frame to answer, p95, model calls": slowest, "watching, median ms": watching},
    )


def _times(bundle: OpenedBundle, context: BenchContext) -> _Times:
    recogniser = Recogniser(bundle, threads=context.threads)
    model = ModelTiming(bundle, threads=context.threads)
    watcher = Watcher()
    times = _Times(known=[], unknown=[], watching=[], model=[])
    for number, (same_print, pixels) in enumerate(_captures(bundle, context.workload.captures)):
        frame = frames.frame(pixels, source="bench")
        small = _watched(cv2.resize(pixels, WATCHED, interpolation=cv2.INTER_AREA), number)
        recogniser.recognise(frame)  # loads the pages of the files that this print needs
        times.model.append(model.time_once_ms())
        times.known.append(_timed_ms(partial(recogniser.recognise, frame)))
        times.unknown.append(_timed_ms(partial(recogniser.recognise, frame, excluded=same_print)))
        times.watching.append(_timed_ms(partial(watcher.observe, small)))
    return times


def _captures(bundle: OpenedBundle, count: int) -> Iterator[tuple[frozenset[int], Pixels]]:
    """Yield simulated captures, each with the items of its print and of its relations."""
    records = [bundle.records.at(row) for row in range(bundle.manifest.items)]
    related = related_items(records)
    shown = [record for record in records if record.show_picture]
    count = min(count, len(shown))
    for row in tqdm(range(count), desc="answers", leave=False):
        record = shown[row * len(shown) // count]
        picture = decoding.decode(
            bundle.pictures.get(record.record_id, "screen"), name=record.record_id
        )
        taken = capture(picture, record.record_id, level=Level.NORMAL, seed=_SEED)
        yield related[record.item] | {record.item}, taken.pixels


def _watched(pixels: Pixels, number: int) -> Frame:
    return Frame(pixels=pixels, captured_at_s=number * _STEP_S, number=number, source="bench")


def _timed_ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _row(name: str, ms: Sequence[float], model_ms: float) -> tuple[str, ...]:
    median, p95 = np.percentile(ms, [50, 95])
    return (name, f"{median:.1f}", f"{p95:.1f}", f"{min(ms):.1f}", f"{p95 / model_ms:.2f}")
