"""Which prints of a collection a quantised model is calibrated with.

A decision about positions, nothing else: it never opens a picture.
"""

import numpy as np

from converter.errors import CalibrationError


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
