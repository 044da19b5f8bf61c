"""Decode pictures that may be hostile: the contract, and a decoder within this process."""

from pathlib import Path
from typing import Protocol

from device.imaging import decoding
from device.imaging.frames import Pixels


class PictureDecoder(Protocol):
    """Decodes one picture at a call. Safe for any thread."""

    def decode(self, data: bytes, *, name: str, side: int = decoding.UPLOAD_SIDE) -> Pixels:
        """Return an upload's pixels, as `decoding.decode` does.

        Raises:
            PictureError: As `decoding.decode`, or when its decoder exceeds a limit or ends.
            BusyError: When no decoder is free in time, or none can be started.
        """

    def load(self, path: Path, *, side: int = decoding.UPLOAD_SIDE) -> Pixels:
        """Return a picture file's pixels, as `decoding.load` does; raises what `decode` does."""

    def close(self) -> None:
        """End the decoder's processes. Calls under way fail."""


class InProcessDecoder:
    """Decodes in this process, for tests and for systems that can't isolate a process.

    A picture that crashes its codec ends this process. What a picture may cost is checked all the same.
    """

    def decode(self, data: bytes, *, name: str, side: int = decoding.UPLOAD_SIDE) -> Pixels:
        """Return an upload's pixels."""
        return decoding.decode(data, name=name, side=side)

    def load(self, path: Path, *, side: int = decoding.UPLOAD_SIDE) -> Pixels:
        """Return a picture file's pixels."""
        return decoding.load(path, side=side)

    def close(self) -> None:
        """Do nothing."""
