"""Memory-map a bundle's `.npy` files, and refuse files that aren't arrays."""

from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt

from device.errors import BundleDamagedError


def map_array(path: Path) -> npt.NDArray[Any]:
    """Memory-map an array, read-only.

    Raises:
        BundleDamagedError: If the file isn't an array.
    """
    try:
        array: npt.NDArray[Any] = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError, SyntaxError, TokenError) as error:
        raise BundleDamagedError(
            f"{path}: expected an array, found {error}; fetch it again"
        ) from error
    # A plain view, since each slice of a numpy.memmap has extra cost.
    return np.asarray(array)
