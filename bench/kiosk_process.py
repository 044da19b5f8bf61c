"""The whole kiosk in a process of its own, with the replay camera, on a free port."""

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

_TIMEOUT_S = 60.0


class KioskProcess:
    """A running kiosk, which ends with its `with` block."""

    def __init__(self, bundle: Path, threads: int) -> None:
        """Start the process, without waiting until it can answer."""
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
            # The setting of the allocator is that of the systemd unit.
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

    def wait_until_healthy(self) -> float:
        """Wait until `/healthz` responds with 200; return the seconds since the start.

        Raises:
            KioskProcessError: When the process ends, or is not healthy within 60 s.
        """
        stdout = self._process.stdout
        line = stdout.readline() if stdout else ""
        if "http" not in line:
            self._log.seek(0)
            raise KioskProcessError(f"the kiosk did not start: {self._log.read().strip()[-400:]}")
        self._address = line.split()[-1].rstrip("/")
        while time.perf_counter() - self.started_s < _TIMEOUT_S:
            try:
                self.get("/healthz")
            except urllib.error.URLError:
                time.sleep(0.005)
            else:
                return time.perf_counter() - self.started_s
        raise KioskProcessError(f"/healthz did not respond with 200 within {_TIMEOUT_S:.0f} s")

    def get(self, path: str) -> bytes:
        """Return the body of the response for a path."""
        with urllib.request.urlopen(self._address + path, timeout=30) as answer:
            return bytes(answer.read())

    def search(self, jpeg: bytes) -> dict[str, Any]:
        """Upload a picture and return the answer."""
        request = urllib.request.Request(
            f"{self._address}/api/v1/search", data=jpeg, headers={"Content-Type": "image/jpeg"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            body: dict[str, Any] = json.loads(answer.read())
        return body

    @property
    def process_id(self) -> int:
        """The service's process id."""
        return self._process.pid

    def send(self, picture: bytes) -> int:
        """Upload a picture; return the answer's HTTP status."""
        return self._status("/api/v1/search", picture, {"Content-Type": "image/jpeg"})

    def post(self, path: str) -> int:
        """Post nothing to a path of the stand's API; return the HTTP status."""
        return self._status(path, b"", {"Sec-Fetch-Site": "same-origin"})

    def state(self, after: int) -> dict[str, Any]:
        """Return the stand's state once its revision is above `after`, or after some seconds."""
        body: dict[str, Any] = json.loads(self.get(f"/api/v1/stand/state?after={after}"))
        return body

    def _status(self, path: str, data: bytes, headers: dict[str, str]) -> int:
        request = urllib.request.Request(self._address + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.read()
            return error.code

    def processor_s(self) -> float:
        """Return the processor time in seconds that the process has taken, of all its threads."""
        fields = (
            Path(f"/proc/{self._process.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        )
        ticks = int(fields[11]) + int(fields[12])  # user and system
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> dict[str, float]:
        """Return the process's memory in MB from `smaps_rollup`: `Pss`, `Rss` and so on."""
        lines = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text("utf-8").splitlines()[1:]
        fields = (line.split() for line in lines)
        return {name.rstrip(":"): int(kilobytes) * 1024 / 1e6 for name, kilobytes, *_ in fields}
