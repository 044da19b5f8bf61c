"""Cache results by the hashes of their inputs, so that a build can resume.

A key names the picture, the model and the version of the code, so no entry goes stale. Deleting the whole
folder costs only time.
"""

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

import converter
import device
import evaluation


@lru_cache(maxsize=1)
def source_code_sha256() -> str:
    """Return the sha256 of this software's source code, as a key for results that need all."""
    digest = hashlib.sha256()
    for package in (converter, device, evaluation):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """A folder of results, each addressed by the inputs that it was made from."""

    root: Path

    def path(self, kind: str, *parts: str) -> Path:
        """Return the file that holds the result of these key parts, whether it exists or not."""
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return self.root / kind / digest[:2] / digest

    def get(self, kind: str, *parts: str) -> bytes | None:
        """Return the result cached under these key parts; `None` when there is none."""
        try:
            return self.path(kind, *parts).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, kind: str, *parts: str, data: bytes) -> None:
        """Cache a result under these key parts, atomically."""
        with self.writing(kind, *parts) as file:
            file.write(data)

    @contextmanager
    def writing(self, kind: str, *parts: str) -> Iterator[BinaryIO]:
        """Open a file that becomes the cached result if the block ends without an error."""
        path = self.path(kind, *parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        try:
            with part.open("wb") as file:
                yield file
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def vector(self, kind: str, *parts: str) -> npt.NDArray[np.float32] | None:
        """Return a cached vector, float32 (D,); `None` when there is none."""
        data = self.get(kind, *parts)
        return None if data is None else np.frombuffer(data, dtype="<f4")

    def put_vector(self, kind: str, *parts: str, vector: npt.NDArray[np.float32]) -> None:
        """Cache a vector, float32 (D,)."""
        self.put(kind, *parts, data=vector.astype("<f4").tobytes())
