"""The errors of the benchmarks themselves; the product raises its own."""


class BenchError(RuntimeError):
    """The base class of the benchmarks' errors."""


class ContenderError(BenchError):
    """A contender could not start, or failed."""


class KioskProcessError(BenchError):
    """The kiosk did not become healthy."""
