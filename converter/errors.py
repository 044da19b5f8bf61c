"""The errors that the converter raises.

Each descends from `ConverterError` and from the fitting built-in error. A message is one lower-case line: the
thing, what was expected, what was found, and what to do where the operator can act.
"""


class ConverterError(Exception):
    """The root of all errors that the converter raises."""


class CollectionError(ConverterError, ValueError):
    """A collection can't be read as a whole; the message lists every reason at once."""


class FetchError(ConverterError, RuntimeError):
    """A picture or manifest can't be fetched from its address; the message is the reason."""


class WeightsFileError(ConverterError, ValueError):
    """A file does not hold the 13 convolution layers of a VGG16."""


class WeightsUnavailableError(ConverterError, OSError):
    """One source of the weights, or all of them, can't be reached or sent a wrong file."""


class BackboneError(ConverterError, RuntimeError):
    """The network has a wrong number of parameters, or the preprocessing is unknown."""


class CalibrationError(ConverterError, ValueError):
    """There are no prints to calibrate with, or they have the wrong shape."""


class QuantizeError(ConverterError, RuntimeError):
    """The network can't be converted to the requested TensorFlow Lite model."""


class RecallError(ConverterError, RuntimeError):
    """No index parameters reach the target recall."""


class BuildError(ConverterError, RuntimeError):
    """A bundle can't be built, or failed its check after it was built."""


class ParityError(ConverterError, RuntimeError):
    """The kiosk's answers can't be compared with the reference's."""


class GateError(ConverterError, RuntimeError):
    """Parity is below the gate, so the bundle is not put into place."""


class DuplicatesError(ConverterError, RuntimeError):
    """The pictures of a bundle can't be compared with each other."""


class KeyFileError(ConverterError, ValueError):
    """A private key can't be read or made, or is not the expected one."""


class PublishError(ConverterError, RuntimeError):
    """A repository can't be made, read or extended."""
