"""Keep an export's rows in a temporary file, so that memory doesn't grow with them."""

import json
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

_BLOCK = 1 << 20  # bytes read at a time


class JsonSpool:
    """Rows of JSON values in an unnamed file, which the system removes with this object."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the finaliser
        self._count = 0
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self._count

    def append(self, row: Sequence[Any]) -> None:
        """Add a row at the end."""
        self._file.seek(0, 2)
        self._file.write(
            json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
        )
        self._count += 1

    def rows(self) -> Iterator[list[Any]]:
        """Yield the rows in the order they were added."""
        position = 0
        while True:
            self._file.seek(position)
            lines = self._file.readlines(_BLOCK)
            position = self._file.tell()
            if not lines:
                return
            for line in lines:
                yield json.loads(line.decode("utf-8", "surrogatepass"))
