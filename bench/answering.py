"""Benchmark: what a visitor waits for: a frame looked at while nothing is taken, and from the taken frame to its answer."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from tqdm import tqdm

from bench.results import Mark, Section, Table
from bench.setting import Setting
from device.bundle.reader import OpenedBundle, opened
from device.bundle.relations import related_items
from device.imaging import frames
from device.imaging.frames import Frame, Pixels
from device.recognition.recogniser import Recogniser
from device.service.capture.watcher import Watcher
from evaluation.model_timing import ModelTiming
from evaluation.simulate.conditions import Level
from evaluation.simulate.handheld import capture

ANSWER_MARK, WATCH_MARK_MS = 4.0, 12.0
WATCHED = (640, 480)
_SEED = 7
# The camera's clock, faster than which nothing is looked at.
_STEP_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """Wall times in ms."""

    known: list[float]
    unknown: list[float]
    watching: list[float]
    model: list[float]


def measure(setting: Setting) -> Section:
    """Hold prints before the camera, in the collection and left out of it, and look at each frame as the stand does."""
    with opened(setting.bundle) as bundle:
        times = _times(bundle, setting)
    model = float(np.median(times.model))
    rows = tuple(
        _row(what, ms, model)
        for what, ms in (
            ("one model call", times.model),
            ("frame to answer, print in the collection", times.known),
            ("frame to answer, print not in it", times.unknown),
            (f"watching a frame of {WATCHED[0]}x{WATCHED[1]}", times.watching),
        )
    )
    slowest = max(float(np.percentile(ms, 95)) for ms in (times.known, times.unknown)) / model
    watching = float(np.median(times.watching))
    return Section(
        name="answering",
        title="From a frame to an answer",
        method=(
            f"{len(times.known)} prints held under the simulated camera at normal, frames of 1280x960, everything on, "
            f"{setting.threads} threads; the bare model call is timed in between, so that a busy machine is as busy for "
            "both. Every watched frame shows another print or place, so that each is searched for a sheet."
        ),
        tables=(Table(columns=("", "median ms", "p95", "min", "p95 / model call"), rows=rows),),
        marks=(
            Mark(
                what="frame to answer, p95, in model calls",
                wanted=f"at most {ANSWER_MARK:.0f}",
                found=f"{slowest:.2f}",
                met=slowest <= ANSWER_MARK,
            ),
            Mark(
                what=f"watching a frame of {WATCHED[0]}x{WATCHED[1]}, median",
                wanted=f"at most {WATCH_MARK_MS:.0f} ms",
                found=f"{watching:.1f} ms",
                met=watching <= WATCH_MARK_MS,
            ),
        ),
        figures={"frame to answer, p95, model calls": slowest, "watching, median ms": watching},
    )


def _times(bundle: OpenedBundle, setting: Setting) -> _Times:
    recogniser = Recogniser(bundle, threads=setting.threads)
    model = ModelTiming(bundle, threads=setting.threads)
    watcher = Watcher()
    times = _Times(known=[], unknown=[], watching=[], model=[])
    for number, (likes, pixels) in enumerate(_held(bundle, setting.amounts.compared)):
        frame = frames.frame(pixels, source="bench")
        small = _at(cv2.resize(pixels, WATCHED, interpolation=cv2.INTER_AREA), number)
        recogniser.recognise(frame)  # brings the pages that this print needs
        times.model.append(model.time_once_ms())
        times.known.append(_timed(partial(recogniser.recognise, frame)))
        times.unknown.append(_timed(partial(recogniser.recognise, frame, excluded=likes)))
        times.watching.append(_timed(partial(watcher.observe, small)))
    return times


def _held(bundle: OpenedBundle, count: int) -> Iterator[tuple[frozenset[int], Pixels]]:
    records = [bundle.records.at(row) for row in range(bundle.manifest.items)]
    related = related_items(records)
    shown = [record for record in records if record.show_picture]
    count = min(count, len(shown))
    for row in tqdm(range(count), desc="answering", leave=False):
        record = shown[row * len(shown) // count]
        picture = frames.decode(
            bundle.pictures.get(record.record_id, "screen"), name=record.record_id
        )
        seen = capture(picture, record.record_id, level=Level.NORMAL, seed=_SEED)
        yield related[record.item] | {record.item}, seen.pixels


def _at(pixels: Pixels, number: int) -> Frame:
    return Frame(pixels=pixels, captured_at_s=number * _STEP_S, number=number, source="bench")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _row(what: str, ms: Sequence[float], model: float) -> tuple[str, ...]:
    middle, most = np.percentile(ms, [50, 95])
    return (what, f"{middle:.1f}", f"{most:.1f}", f"{min(ms):.1f}", f"{most / model:.2f}")
