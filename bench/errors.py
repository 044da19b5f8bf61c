"""What can go wrong while measuring, apart from what the product itself refuses."""


class BenchError(RuntimeError):
    """The root of all."""


class SideError(BenchError):
    """A side could not be made ready, or broke down."""


class KioskProcessError(BenchError):
    """The kiosk did not come up."""
