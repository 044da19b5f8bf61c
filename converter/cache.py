"""What was computed once, kept by the hashes of all it depends on, so that a build goes on where it stopped.

A key names the picture, the model and the code's own version, so nothing here ever goes stale; deleting the
whole folder costs time only.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

import converter
import device
import evaluation


@lru_cache(maxsize=1)
def own_code() -> str:
    """Give the sha256 of this software's own source: part of the key of whatever any of it may change."""
    digest = hashlib.sha256()
    for package in (converter, device, evaluation):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """A folder of results, addressed by what they were made from."""

    root: Path

    def get(self, kind: str, *parts: str) -> bytes | None:
        """Give what was kept under these parts; `None` when nothing was."""
        try:
            return self._path(kind, parts).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, kind: str, *parts: str, data: bytes) -> None:
        """Keep a result, whole or not at all."""
        path = self._path(kind, parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}.part")
        beside.write_bytes(data)
        beside.replace(path)

    def vector(self, kind: str, *parts: str) -> npt.NDArray[np.float32] | None:
        """Give a kept vector, float32 (D,); `None` when there is none."""
        data = self.get(kind, *parts)
        return None if data is None else np.frombuffer(data, dtype="<f4")

    def put_vector(self, kind: str, *parts: str, vector: npt.NDArray[np.float32]) -> None:
        """Keep a vector, float32 (D,)."""
        self.put(kind, *parts, data=vector.astype("<f4").tobytes())

    def _path(self, kind: str, parts: tuple[str, ...]) -> Path:
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return self.root / kind / digest[:2] / digest
