"""Decode pictures in processes of their own, which hold nothing and can do no harm."""

from device.imaging.isolation import fork_server
from device.imaging.isolation.isolated_decoder import IsolatedDecoder
from device.imaging.picture_decoder import InProcessDecoder, PictureDecoder

__all__ = ["IsolatedDecoder", "open_decoder"]


def open_decoder() -> PictureDecoder:
    """Return a decoder of pictures by strangers, which the caller closes."""
    return IsolatedDecoder() if fork_server.is_supported() else InProcessDecoder()
