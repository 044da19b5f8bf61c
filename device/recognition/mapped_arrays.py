"""Arrays of a bundle, mapped from `.npy` files: what is in them is checked before anybody counts on it."""

from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt

from device.errors import BundleDamagedError


def mapped_array(path: Path) -> npt.NDArray[Any]:
    """Map an array, to be read only.

    Raises:
        BundleDamagedError: When the file holds something else.
    """
    try:
        array: npt.NDArray[Any] = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError, SyntaxError, TokenError) as error:
        raise BundleDamagedError(
            f"{path}: expected an array, found {error}; fetch it again"
        ) from error
    # A plain view: numpy.memmap counts and checks at every slice.
    return np.asarray(array)
