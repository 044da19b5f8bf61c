"""Stands in for kms++, which Raspberry Pi OS alone ships and only picamera2's preview on a bare screen uses."""


class _AnyFormat(type):
    def __getattr__(cls, name: str) -> str:
        return name


class PixelFormat(metaclass=_AnyFormat):
    """The formats that picamera2 names when it is imported."""
