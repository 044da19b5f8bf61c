"""Benchmark: a whole recognition, by the kiosk and by the seed's pipeline."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from bench import one_crop, seed
from bench.one_crop import MODEL, Laps
from bench.results import Mark, Section, Table, Timing, ratio, times_table
from bench.setting import Setting, items_of, say, spread
from bench.sides import Maker, Side, race, started
from converter.model.vgg16 import profile_of
from device.bundle.reader import open_bundle
from device.imaging import frames
from device.imaging.frames import Pixels, to_jpeg
from device.recognition.recogniser import Recogniser

OURS = "ours, everything on"
ONE_CROP = "ours, one crop, no geometry"
OUTSIDE_MARK = 0.25
FRAME = (1280, 960)
JPEG_SIDE = 800
_PICTURES = 12


def ours(bundle: Path, threads: int) -> Callable[[Pixels | bytes], Laps]:
    """Give the kiosk's way from a picture to records; the work gives its laps in ms."""
    recogniser = Recogniser(open_bundle(bundle), threads=threads)

    def work(picture: Pixels | bytes) -> Laps:
        start = time.perf_counter()
        pixels = frames.decode(picture, name="upload") if isinstance(picture, bytes) else picture
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


def measure(setting: Setting) -> Section:
    """Race the two pipelines on camera frames and on JPEG files."""
    prints = [frames.load(item.image) for item in spread(items_of(setting), _PICTURES)]
    tasks: dict[str, list[Pixels | bytes]] = {
        f"frame of {FRAME[0]}x{FRAME[1]}": [laid_out(pixels) for pixels in prints],
        f"JPEG of {JPEG_SIDE} px": [to_jpeg(p, side=JPEG_SIDE, quality=90) for p in prints],
    }
    tables: list[Table] = []
    marks: list[Mark] = []
    figures: dict[str, float] = {}
    with ExitStack() as stack:
        sides = started(stack, _makers(setting))
        for name, pictures in tasks.items():
            say("whole recognition from a %s", name)
            timings = _race(sides, pictures, setting)
            laps = {
                side.name: _laps(side, pictures * max(1, setting.amounts.rounds // 2))
                for side in sides[:2]
            }
            tables.append(
                _named(times_table(timings, ours=OURS, also={}, extra=()), f"From a {name}")
            )
            tables += [_laps_table(side, found) for side, found in laps.items()]
            marks.append(_outside_mark(laps[ONE_CROP], timings, name))
            figures |= {f"{name}: {side}, median ms": t.median_ms for side, t in timings.items()}
            theirs = [side for side in timings if side not in (OURS, ONE_CROP)]
            best = min(theirs, key=lambda side: timings[side].median_ms)
            for side in (OURS, ONE_CROP):
                figures[f"{name}: seed / {side}"] = ratio(timings[best], timings[side])
        agree = _agreement(sides, tasks)
    return Section(
        name="recognition",
        title=f"A whole recognition ({setting.manifest().items} prints)",
        method=(
            "The seed's pipeline (Pillow, TensorFlow float32, scikit-learn NearestNeighbors brute, SQLite) and the "
            f"kiosk's, each in its own process with {setting.threads} threads, ten records. The seed takes the whole frame for one "
            f"crop; the kiosk does so, too, and then all of it: sheet, geometry, fingerprint. {agree}"
        ),
        tables=tuple(tables),
        marks=tuple(marks),
        figures=figures,
    )


def laid_out(pixels: Pixels) -> Pixels:
    """Give a camera's frame with a print in it: uint8 (960, 1280, 3), RGB."""
    image = Image.fromarray(pixels)
    image.thumbnail(FRAME, Image.Resampling.BILINEAR)
    frame = Image.new("RGB", FRAME, (96, 84, 72))
    frame.paste(image, ((FRAME[0] - image.width) // 2, (FRAME[1] - image.height) // 2))
    return np.asarray(frame)


def outside_share(laps: Mapping[str, float]) -> float:
    """Give all the time outside the model call as a share of it."""
    return (laps["whole"] - laps[MODEL]) / laps[MODEL]


def _makers(setting: Setting) -> dict[str, Maker]:
    profile = profile_of(setting.manifest().model.preprocess)
    theirs = partial(seed.recognise, setting.bundle, setting.cache.root, profile, setting.threads)
    return {
        OURS: partial(ours, setting.bundle, setting.threads),
        ONE_CROP: partial(one_crop.recognise, setting.bundle, setting.threads),
        "seed's pipeline, graph": partial(theirs, "graph"),
        "seed's pipeline, predict_on_batch": partial(theirs, "predict_on_batch"),
    }


def _race(sides: list[Side], pictures: list[Pixels | bytes], setting: Setting) -> dict[str, Timing]:
    amounts = setting.amounts
    return race(sides, pictures, rounds=amounts.rounds, calls=amounts.calls, what="recognition")


def _laps(side: Side, pictures: list[Pixels | bytes]) -> list[Laps]:
    return [dict(laps) for laps in side.results(pictures)][1:]  # the first one warms up


def _laps_table(side: str, laps: list[Laps]) -> Table:
    steps = [step for step in laps[0] if step != "top"]
    row = tuple(f"{median(lap[step] for lap in laps):.2f}" for step in steps)
    return Table(columns=(f"{side}, by step", *steps), rows=(("median ms", *row),))


def _outside_mark(laps: list[Laps], timings: Mapping[str, Timing], name: str) -> Mark:
    inside = median(outside_share(lap) for lap in laps)
    # An outer clock sees what the laps might leave out: hold the whole turn against the model call within.
    model = median(lap[MODEL] for lap in laps)
    outer = (timings[ONE_CROP].median_ms - model) / model
    return Mark(
        what=f"outside the model call / model call, {name}",
        wanted=f"at most {OUTSIDE_MARK}",
        found=f"{inside:.3f} by the answer's own laps, {outer:.3f} by an outer clock",
        met=inside <= OUTSIDE_MARK,
    )


def _agreement(sides: list[Side], tasks: Mapping[str, list[Pixels | bytes]]) -> str:
    pictures = [picture for several in tasks.values() for picture in several]
    mine = [int(laps["top"]) for laps in sides[1].results(pictures)]
    theirs = [rows[0][0] for rows in sides[2].results(pictures)]
    same = sum(a == b for a, b in zip(mine, theirs, strict=True))
    return f"Of the whole frame, both name the same print first for {same} of {len(pictures)} pictures."


def _named(table: Table, title: str) -> Table:
    return Table(columns=table.columns, rows=table.rows, title=title)
