"""The whole kiosk as systemd would start it, on the replay camera and a free port, watched from outside."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.errors import KioskProcessError

_PATIENCE_S = 60.0


class KioskProcess:
    """A running kiosk; ends with its `with` block."""

    def __init__(self, bundle: Path, threads: int) -> None:
        """Start it; `wait_until_well` says when it can answer."""
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed with the process
        self.started_s = time.perf_counter()
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "kiosk_ui",
                "--bundle",
                str(bundle),
                "--camera",
                "replay",
                "--port",
                "0",
            ],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            # The allocator's setting is the unit's.
            env=os.environ
            | {"PRINTKIOSK_RECOGNITION_THREADS": str(threads), "MALLOC_ARENA_MAX": "2"},
        )
        self._address = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._log.close()

    def wait_until_well(self) -> float:
        """Wait for `/healthz` to say 200 and give the seconds since the process was started."""
        stdout = self._process.stdout
        line = stdout.readline() if stdout else ""
        if "http" not in line:
            self._log.seek(0)
            raise KioskProcessError(f"the kiosk did not start: {self._log.read().strip()[-400:]}")
        self._address = line.split()[-1].rstrip("/")
        while time.perf_counter() - self.started_s < _PATIENCE_S:
            try:
                self.get("/healthz")
            except urllib.error.URLError:
                time.sleep(0.005)
            else:
                return time.perf_counter() - self.started_s
        raise KioskProcessError(f"/healthz did not turn well within {_PATIENCE_S:.0f} s")

    def get(self, path: str) -> bytes:
        """Give what an address answers."""
        with urllib.request.urlopen(self._address + path, timeout=30) as answer:
            return bytes(answer.read())

    def search(self, jpeg: bytes) -> dict[str, Any]:
        """Upload a picture and give the answer."""
        request = urllib.request.Request(
            f"{self._address}/api/v1/search", data=jpeg, headers={"Content-Type": "image/jpeg"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def memory_mb(self) -> dict[str, float]:
        """Give the process's memory from the kernel's own sums: `Pss`, `Rss` and so on, in MB."""
        lines = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text("utf-8").splitlines()[1:]
        fields = (line.split() for line in lines)
        return {name.rstrip(":"): int(kilobytes) * 1024 / 1e6 for name, kilobytes, *_ in fields}
