"""The kiosk's recognition with one crop and no geometry, like the baseline's pipeline."""

import time
from collections.abc import Callable
from pathlib import Path

from device.bundle import layout
from device.bundle.reader import open_bundle
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import FingerprintIndex

MODEL = "model call"
_COUNT = 10

# Times in ms by step; `top` is the item of the first record.
StepTimes = dict[str, float]


def recognise(bundle: Path, threads: int) -> Callable[[Pixels | bytes], StepTimes]:
    """Return a function that finds ten records for a picture, from one crop without geometry.

    The function returns the time of each step in ms, and as `top` the item of the first record.
    """
    opened = open_bundle(bundle)
    manifest = opened.manifest
    fingerprint = Fingerprinter(opened.file(layout.MODEL), manifest.model.sha256, threads=threads)
    index = FingerprintIndex(bundle, manifest.index)

    def work(picture: Pixels | bytes) -> StepTimes:
        at = [time.perf_counter()]
        pixels = decoding.decode(picture, name="upload") if isinstance(picture, bytes) else picture
        at.append(time.perf_counter())
        crop = preprocess.to_input(pixels)
        at.append(time.perf_counter())
        found = fingerprint(crop)
        at.append(time.perf_counter())
        neighbours = index.nearest(found, _COUNT)
        at.append(time.perf_counter())
        records = [opened.records.at(neighbour.item) for neighbour in neighbours]
        at.append(time.perf_counter())
        steps = ("decode", "resize", MODEL, "search", "records")
        step_times = {step: (at[n + 1] - at[n]) * 1000 for n, step in enumerate(steps)}
        return step_times | {"whole": (at[-1] - at[0]) * 1000, "top": float(records[0].item)}

    return work
