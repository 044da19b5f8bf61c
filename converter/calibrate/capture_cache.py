"""Cache simulated captures, keyed by picture, conditions and simulator code.

A capture costs the decoding of its print and several times as much for the simulation. Most of a collection stays the
same from one build to the next.
"""

import struct
from dataclasses import dataclass

import numpy as np

from converter.cache import Cache, source_code_sha256
from converter.calibrate.captures import CaptureInput, PlannedCapture, make_capture
from device.recognition.embedding.preprocess import INPUT_SIDE

_ASPECT = struct.Struct("<d")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureCache:
    """A cache of simulated captures, 150 kB each, that makes the missing ones."""

    cache: Cache

    def __call__(self, planned: PlannedCapture) -> CaptureInput:
        """Return a capture from the cache, or make and cache it.

        A picture without a sha256 is never cached.
        """
        if not planned.print.sha256:
            return make_capture(planned)
        key = (
            planned.print.sha256,
            planned.print.record_id,
            str(planned.number),
            str(planned.seed),
            ",".join(factor.name for factor in planned.factors),
            source_code_sha256(),
        )
        data = self.cache.get("captures", *key)
        if data is not None:
            return _read(data)
        taken = make_capture(planned)
        self.cache.put("captures", *key, data=_ASPECT.pack(taken.aspect) + taken.pixels.tobytes())
        return taken


def _read(data: bytes) -> CaptureInput:
    pixels = np.frombuffer(data, np.uint8, offset=_ASPECT.size)
    return CaptureInput(
        pixels=pixels.reshape(INPUT_SIDE, INPUT_SIDE, 3), aspect=_ASPECT.unpack_from(data)[0]
    )
