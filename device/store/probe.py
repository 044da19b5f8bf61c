"""The last question to a bundle before it may answer visitors, asked in a process of its own.

A damaged model or index may end the process that maps it, or never come back; here that is one more answer.
"""

import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tokenize import TokenError

from device.bundle import layout
from device.bundle.reader import OpenedBundle, opened, verify
from device.errors import BundleDamagedError, KioskError
from device.recognition.local.inverted_index import InvertedIndex
from device.recognition.recogniser import Recogniser
from device.recognition.self_test import lost_probes

TIMEOUT_S = 300.0
# Address space is not bounded: mapped files count there. What a process may ask for is, and what it may write.
# What comes out of readers of other people's that are given a file altered and sealed anew.
REFUSALS = (
    *(KioskError, OSError, ValueError, TypeError, LookupError, ArithmeticError),
    *(RuntimeError, MemoryError, TokenError),
)
LIMITS = {
    resource.RLIMIT_DATA: 2 << 30,
    resource.RLIMIT_CPU: 240,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}


def probe(release: Path) -> None:
    """Let a bundle load and answer in a process of its own.

    Raises:
        BundleDamagedError: When a byte is not the manifest's, it can't be loaded, ends the process, takes too long,
            or one of its probe prints doesn't find itself.
    """
    command = [sys.executable, "-m", "device.store.probe", str(release)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise BundleDamagedError(
            f"{release}: expected an answer within {TIMEOUT_S:.0f} s, found none; build it again"
        ) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        told = lines[-1] if lines and done.returncode == 1 else f"exit code {done.returncode}"
        raise BundleDamagedError(f"{release}: the bundle doesn't work on this kiosk: {told}")


def answer(release: Path) -> str:
    """Give what is wrong with a bundle, asked in this process; empty for nothing."""
    try:
        verify(release)
        with opened(release) as bundle:
            for part, fault in _faults(bundle):
                if fault:
                    return f"{release}: {part}{' '.join(fault.split())}; build it again"
            lost = lost_probes(bundle, Recogniser(bundle, threads=1))
    except REFUSALS as error:
        return " ".join(str(error).split()) or type(error).__name__
    return f"{release}: {lost[0]} doesn't find itself; build it again" if lost else ""


def _faults(bundle: OpenedBundle) -> Iterator[tuple[str, str]]:
    """Give what is wrong with parts that a few questions may not come across; empty for nothing."""
    yield f"{layout.RECORDS}: ", bundle.records.fault()  # SQLite finds in several lines
    yield "", InvertedIndex(bundle.path, bundle.manifest.items).fault()


def main(arguments: Sequence[str], limits: Mapping[int, int]) -> int:
    """Answer for the bundle that is named: exit code 0 when it is good.

    Args:
        arguments: Its folder.
        limits: Kind of resource to how much of it this process may use from now on.
    """
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    fault = answer(Path(arguments[0]))
    if fault:
        sys.stderr.write(f"{fault}\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], LIMITS))  # pragma: no cover  # in a process of its own alone
