"""The codebook that builds use, trained once in a test run."""

from functools import cache

from converter.build import train_codebook
from converter.model import calibration
from device.recognition.local.codebook import Codebook


@cache
def trained_codebook() -> Codebook:
    """Return the real codebook, trained on the shipped calibration prints."""
    return train_codebook.train(list(calibration.prints()))
