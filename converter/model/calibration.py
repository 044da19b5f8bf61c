"""The prints that a quantised model is calibrated with: always the same, and none of the museum's own.

With the museum's own prints the model would change with every addition to the collection, and with it every
fingerprint in it. 32 prints of five kinds serve others as well: parity is measured on each museum's own.
"""

from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
import numpy.typing as npt

from converter.errors import CalibrationError
from device.imaging import frames

_FOLDER = "calibration_prints"


def prints() -> npt.NDArray[np.uint8]:
    """Give the shipped calibration prints: uint8 (32, 224, 224, 3), RGB (`calibration_prints/MAKING.md`)."""
    return np.stack([frames.decode(f.read_bytes(), name=f.name) for f in _files(_shipped())])


def prints_sha256(folder: Traversable | None = None) -> str:
    """Give the sha256 over the prints' files, in hex: what a model depends on besides its weights.

    Names, lengths and bytes count, in the names' order.

    Args:
        folder: Where they are; `None` for the shipped ones.
    """
    digest = sha256()
    for file in _files(folder or _shipped()):
        data = file.read_bytes()
        digest.update(f"{file.name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def choose(available: int, *, count: int, seed: int) -> list[int]:
    """Choose positions spread over a collection, one from each equal stretch of it.

    A catalogue is sorted by something (maker, album, accession), so equal stretches see all of it, and a random place
    within each keeps clear of any period in it. Same arguments, same choice, on every machine.

    Args:
        available: How many prints there are.
        count: How many to choose; all of them where there are fewer.
        seed: Which of the many such choices.

    Returns:
        Rising positions, each once.

    Raises:
        CalibrationError: There is no print, or none was asked for.
    """
    if available < 1 or count < 1:
        raise CalibrationError(
            f"calibration: expected at least one print, found {count} asked for of {available}"
        )
    if count >= available:
        return list(range(available))
    edges = [available * stretch // count for stretch in range(count + 1)]
    # PCG64's raw stream is fixed by numpy's policy; its `integers` is not, so the draw is spelled out.
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
