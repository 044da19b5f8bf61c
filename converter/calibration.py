"""The prints that a quantised model is calibrated with: always the same, and none of the museum's own.

With the museum's own prints the model would change with every addition to the collection, and with it every
fingerprint in it. 32 prints of five kinds serve others as well: parity is measured on each museum's own.
"""

from importlib import resources

import numpy as np
import numpy.typing as npt

from converter.errors import CalibrationError
from device.recognition import frames

_FOLDER = "calibration_prints"


def prints() -> npt.NDArray[np.uint8]:
    """Give the shipped calibration prints: uint8 (32, 224, 224, 3), RGB (`calibration_prints/MAKING.md`)."""
    files = resources.files("converter").joinpath(_FOLDER).iterdir()
    pictures = sorted((f for f in files if f.name.endswith(".jpg")), key=lambda f: f.name)
    if not pictures:
        raise CalibrationError(
            f"{_FOLDER}: expected pictures, found none; install the converter again"
        )
    return np.stack([frames.decode(f.read_bytes(), name=f.name) for f in pictures])


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
