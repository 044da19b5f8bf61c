"""Benchmark: a whole recognition by the kiosk, raced against the baseline's pipeline."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from bench import baseline, single_crop
from bench.context import BenchContext, log_progress, read_items, sample_evenly
from bench.process_race import Contender, Maker, race, start_contenders
from bench.results import Section, Table, Target, Timing, ratio, times_table
from bench.single_crop import MODEL, StepTimes
from converter.model.vgg16 import profile_of
from device.bundle.reader import open_bundle
from device.imaging import decoding, frames
from device.imaging.encoding import to_jpeg
from device.imaging.frames import Pixels
from device.recognition.recogniser import Recogniser

OURS = "ours, everything on"
ONE_CROP = "ours, one crop, no geometry"
OUTSIDE_TARGET = 0.25
FRAME = (1280, 960)
JPEG_SIDE = 800
_PICTURES = 12


def ours(bundle: Path, threads: int) -> Callable[[Pixels | bytes], StepTimes]:
    """Return a function that recognises a picture as the kiosk does, and times each step.

    The function returns the time of each step in ms, and as `top` the item of the first record.
    """
    recogniser = Recogniser(open_bundle(bundle), threads=threads)

    def work(picture: Pixels | bytes) -> StepTimes:
        start = time.perf_counter()
        pixels = decoding.decode(picture, name="upload") if isinstance(picture, bytes) else picture
        decoded = time.perf_counter()
        answer = recogniser.recognise(frames.frame(pixels, source="bench"))
        whole = time.perf_counter() - start
        top = {"top": float(answer.matches[0].record.item)}
        return {
            "decode": (decoded - start) * 1000,
            **answer.timings_ms,
            "whole": whole * 1000,
            **top,
        }

    return work


def measure(context: BenchContext) -> Section:
    """Race the two pipelines on camera frames and on JPEG files."""
    prints = [decoding.load(item.image) for item in sample_evenly(read_items(context), _PICTURES)]
    tasks: dict[str, list[Pixels | bytes]] = {
        f"frame of {FRAME[0]}x{FRAME[1]}": [laid_out(pixels) for pixels in prints],
        f"JPEG of {JPEG_SIDE} px": [to_jpeg(p, side=JPEG_SIDE, quality=90) for p in prints],
    }
    tables: list[Table] = []
    targets: list[Target] = []
    figures: dict[str, float] = {}
    with ExitStack() as stack:
        contenders = start_contenders(stack, _makers(context))
        for name, pictures in tasks.items():
            log_progress("whole recognition from a %s", name)
            timings = _race(contenders, pictures, context)
            step_times = {
                each.name: _step_times(each, pictures * max(1, context.workload.rounds // 2))
                for each in contenders[:2]
            }
            tables.append(
                _named(times_table(timings, ours=OURS, cells={}, columns=()), f"From a {name}")
            )
            tables += [_step_table(contender, found) for contender, found in step_times.items()]
            targets.append(_outside_target(step_times[ONE_CROP], timings, name))
            figures |= {f"{name}: {each}, median ms": t.median_ms for each, t in timings.items()}
            baselines = [each for each in timings if each not in (OURS, ONE_CROP)]
            best = min(baselines, key=lambda each: timings[each].median_ms)
            for each in (OURS, ONE_CROP):
                figures[f"{name}: baseline / {each}"] = ratio(timings[best], timings[each])
        agreement = _agreement(contenders, tasks)
    return Section(
        name="recognition",
        title=f"A whole recognition ({context.manifest().items} prints)",
        method=(
            "The baseline's pipeline (Pillow, TensorFlow float32, scikit-learn NearestNeighbors brute, SQLite) and the "
            f"kiosk's, each in its own process with {context.threads} threads, ten records. The baseline uses the whole frame as "
            f"one crop. The kiosk does the same, and also its whole recognition: sheet, geometry, fingerprint. {agreement}"
        ),
        tables=tuple(tables),
        targets=tuple(targets),
        figures=figures,
    )


def laid_out(pixels: Pixels) -> Pixels:
    """Return a camera's frame with a print in it: uint8 (960, 1280, 3), RGB."""
    image = Image.fromarray(pixels)
    image.thumbnail(FRAME, Image.Resampling.BILINEAR)
    frame = Image.new("RGB", FRAME, (96, 84, 72))
    frame.paste(image, ((FRAME[0] - image.width) // 2, (FRAME[1] - image.height) // 2))
    return np.asarray(frame)


def outside_share(step_times: Mapping[str, float]) -> float:
    """Return the time outside the model call, as a share of the model call's time."""
    return (step_times["whole"] - step_times[MODEL]) / step_times[MODEL]


def _makers(context: BenchContext) -> dict[str, Maker]:
    profile = profile_of(context.manifest().model.preprocess)
    theirs = partial(
        baseline.recognise, context.bundle, context.cache.root, profile, context.threads
    )
    return {
        OURS: partial(ours, context.bundle, context.threads),
        ONE_CROP: partial(single_crop.recognise, context.bundle, context.threads),
        "baseline, graph": partial(theirs, "graph"),
        "baseline, predict_on_batch": partial(theirs, "predict_on_batch"),
    }


def _race(
    contenders: list[Contender], pictures: list[Pixels | bytes], context: BenchContext
) -> dict[str, Timing]:
    workload = context.workload
    return race(
        contenders, pictures, rounds=workload.rounds, calls=workload.calls, name="recognition"
    )


def _step_times(contender: Contender, pictures: list[Pixels | bytes]) -> list[StepTimes]:
    return [dict(times) for times in contender.results(pictures)][1:]  # the first is a warm-up


def _step_table(contender: str, step_times: list[StepTimes]) -> Table:
    steps = [step for step in step_times[0] if step != "top"]
    row = tuple(f"{median(times[step] for times in step_times):.2f}" for step in steps)
    return Table(columns=(f"{contender}, by step", *steps), rows=(("median ms", *row),))


def _outside_target(
    step_times: list[StepTimes], timings: Mapping[str, Timing], name: str
) -> Target:
    inside = median(outside_share(times) for times in step_times)
    # The whole turn includes what the steps might leave out, so it is also compared with the model call.
    model = median(times[MODEL] for times in step_times)
    outer = (timings[ONE_CROP].median_ms - model) / model
    return Target(
        name=f"outside the model call / model call, {name}",
        wanted=f"at most {OUTSIDE_TARGET}",
        found=f"{inside:.3f} by the answer's own steps, {outer:.3f} by the whole turn",
        met=inside <= OUTSIDE_TARGET,
    )


def _agreement(contenders: list[Contender], tasks: Mapping[str, list[Pixels | bytes]]) -> str:
    pictures = [picture for several in tasks.values() for picture in several]
    mine = [int(times["top"]) for times in contenders[1].results(pictures)]
    theirs = [rows[0][0] for rows in contenders[2].results(pictures)]
    same = sum(a == b for a, b in zip(mine, theirs, strict=True))
    return f"With one crop, both have the same print first for {same} of {len(pictures)} pictures."


def _named(table: Table, title: str) -> Table:
    return Table(columns=table.columns, rows=table.rows, title=title)
