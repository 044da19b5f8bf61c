"""The baseline: plain recognition with Pillow, float32 Keras, scikit-learn and SQLite."""

import io
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from bench.runtimes import tensorflow_graph, tensorflow_predict
from converter.model.vgg16 import Profile
from device.bundle import layout
from device.imaging.frames import Pixels
from device.recognition.embedding.nearest import load_array

Rows = list[tuple[object, ...]]
NEIGHBOURS = 10
_CALLS = {"graph": tensorflow_graph, "predict_on_batch": tensorflow_predict}


def recognise(
    bundle: Path, cache: Path, profile: Profile, threads: int, call: str
) -> Callable[[Pixels | bytes], Rows]:
    """Return a function that finds ten records for a picture by the baseline's pipeline.

    Args:
        bundle: The folder of the bundle whose fingerprints and records are searched.
        cache: The folder of the model's weights.
        profile: The preprocessing of the model.
        threads: The number of threads of TensorFlow.
        call: How the model is called: `graph` or `predict_on_batch`.

    Returns:
        A function of uint8 (H, W, 3) RGB, or of a JPEG's bytes, to rows of the records table, nearest first.
    """
    from sklearn.neighbors import NearestNeighbors

    fingerprint = _CALLS[call](cache, profile, threads)
    vectors = np.array(load_array(bundle / layout.FINGERPRINTS))
    search = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(vectors)), algorithm="brute").fit(
        vectors
    )
    records = sqlite3.connect(f"{(bundle / layout.RECORDS).absolute().as_uri()}?mode=ro", uri=True)

    def work(picture: Pixels | bytes) -> Rows:
        vector = fingerprint(_resized(picture))
        unit: npt.NDArray[np.float32] = vector / np.linalg.norm(vector)
        found = search.kneighbors(unit[np.newaxis], return_distance=False)[0]
        return [_record(records, int(item)) for item in found]

    return work


def _resized(picture: Pixels | bytes) -> Pixels:
    image = (
        ImageOps.exif_transpose(Image.open(io.BytesIO(picture))).convert("RGB")
        if isinstance(picture, bytes)
        else Image.fromarray(picture)
    )
    # Lanczos is the resampling of the original pipeline (Pillow's former name: ANTIALIAS).
    return np.asarray(image.resize((224, 224), Image.Resampling.LANCZOS))


def _record(records: sqlite3.Connection, item: int) -> tuple[object, ...]:
    row = records.execute("SELECT * FROM records WHERE item = ?", (item,)).fetchone()
    return tuple(row)
