"""Load the prints that a quantised model is calibrated with: the same 32 for every museum.

With the museum's own prints, every addition to the collection would change the model and thus every fingerprint.
The shipped prints, of five kinds, also suit other collections: parity is measured on each museum's own prints.
"""

from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
import numpy.typing as npt

from converter.errors import CalibrationError
from device.imaging import decoding

_FOLDER = "calibration_prints"


def prints() -> npt.NDArray[np.uint8]:
    """Return the shipped calibration prints, uint8 (32, 224, 224, 3), RGB.

    `calibration_prints/MAKING.md` tells how they were made.
    """
    return np.stack([decoding.decode(f.read_bytes(), name=f.name) for f in _files(_shipped())])


def prints_sha256(folder: Traversable | None = None) -> str:
    """Return the sha256 of the calibration prints, in hex; a model depends on it.

    It covers the files' names, lengths and bytes, sorted by name.

    Args:
        folder: The folder of the prints; `None` for the shipped ones.
    """
    digest = sha256()
    for file in _files(folder or _shipped()):
        data = file.read_bytes()
        digest.update(f"{file.name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def choose(available: int, *, count: int, seed: int) -> list[int]:
    """Choose positions spread over a collection, one at random from each equal stretch.

    A collection is sorted by something (maker, album, accession), so equal stretches cover all of it. A random position
    in each avoids any regular pattern. The same arguments make the same choice on every machine.

    Args:
        available: Number of prints in the collection.
        count: Number of prints to choose; all are chosen where there are fewer.
        seed: Seed of the random choice.

    Returns:
        Positions in rising order, without duplicates.

    Raises:
        CalibrationError: When `available` or `count` is below 1.
    """
    if available < 1 or count < 1:
        raise CalibrationError(
            f"calibration: expected at least one print, found {count} requested of {available}"
        )
    if count >= available:
        return list(range(available))
    edges = [available * stretch // count for stretch in range(count + 1)]
    # numpy guarantees the raw stream of PCG64 but not its `integers`, so the draw is done here.
    draws = np.random.PCG64(seed).random_raw(count)
    return [
        start + int(draw) % (stop - start)
        for start, stop, draw in zip(edges[:-1], edges[1:], draws.tolist(), strict=True)
    ]


def _shipped() -> Traversable:
    return resources.files("converter").joinpath(_FOLDER)


def _files(folder: Traversable) -> list[Traversable]:
    files = folder.iterdir()
    pictures = sorted((f for f in files if f.name.endswith(".jpg")), key=lambda f: f.name)
    if not pictures:
        raise CalibrationError(
            f"{folder.name}: expected pictures, found none; install the converter again"
        )
    return pictures
