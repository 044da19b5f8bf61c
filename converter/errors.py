"""Everything that can go wrong at the museum's desk, by name.

Every error the converter raises descends from `ConverterError` and from the built-in it is. A message is one
lower-case line: the thing, what was expected, what was found, and what to do if it is the operator's to do.
"""


class ConverterError(Exception):
    """The root: catch this to catch everything of the converter's."""


class CollectionError(ConverterError, ValueError):
    """A collection can't be read as a whole; all that stands in the way is named at once."""


class WeightsFileError(ConverterError, ValueError):
    """A file does not hold the 13 convolution layers of a VGG16."""


class WeightsUnavailableError(ConverterError, OSError):
    """A source of the weights, or every one of them, can't be reached or gave something else."""


class BackboneError(ConverterError, RuntimeError):
    """The network that was built is not the seed's."""


class CalibrationError(ConverterError, ValueError):
    """There are no prints, or prints of the wrong shape, to calibrate with."""


class QuantizeError(ConverterError, RuntimeError):
    """The network can't be turned into the TensorFlow Lite model that was asked for."""


class RecallError(ConverterError, RuntimeError):
    """No parameters let the index find what exact search finds."""


class BuildError(ConverterError, RuntimeError):
    """A bundle can't be built, or was built and did not pass its own check."""


class ParityError(ConverterError, RuntimeError):
    """The kiosk's answers are too far from the reference's, or can't be compared with them."""


class GateError(ConverterError, RuntimeError):
    """Parity stays below the marks, so no bundle is published."""


class KeyFileError(ConverterError, ValueError):
    """A private key can't be read, made, or is not the one that is asked for."""


class PublishError(ConverterError, RuntimeError):
    """A repository can't be made, read or added to."""
