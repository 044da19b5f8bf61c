"""A stand-in for kms++, which only Raspberry Pi OS ships.

Only picamera2's preview without a desktop uses it.
"""


class _AnyFormat(type):
    def __getattr__(cls, name: str) -> str:
        return name


class PixelFormat(metaclass=_AnyFormat):
    """The formats that picamera2 names when it is imported."""
