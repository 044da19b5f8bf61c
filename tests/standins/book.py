"""The codebook that builds use, trained once a test run."""

from functools import cache

from converter import calibration, codebook
from device.recognition.codebook import Codebook


@cache
def trained() -> Codebook:
    """Give the real codebook, of the shipped calibration prints."""
    return codebook.train(list(calibration.prints()))
