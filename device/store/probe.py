"""The last check of a bundle: load it and search for its probe prints in another process.

A damaged model or index may crash the process that maps it, or hang. In another process, that is a failed check.
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
from device.recognition.self_test import failed_probes

TIMEOUT_S = 300.0
# Errors that third-party readers raise for a file that was altered and hashed again.
EXPECTED_ERRORS = (
    *(KioskError, OSError, ValueError, TypeError, LookupError, ArithmeticError),
    *(RuntimeError, MemoryError, TokenError),
)
# The address space is unlimited, because mapped files count towards it. Allocated memory and written bytes are limited.
LIMITS = {
    resource.RLIMIT_DATA: 2 << 30,
    resource.RLIMIT_CPU: 240,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}


def probe(release: Path) -> None:
    """Check in another process that a bundle loads and answers.

    Args:
        release: The bundle's folder.

    Raises:
        BundleDamagedError: When a byte differs from the manifest, the bundle can't be loaded, crashes the process
            or takes too long, or a probe print doesn't find itself.
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
        reason = lines[-1] if lines and done.returncode == 1 else f"exit code {done.returncode}"
        raise BundleDamagedError(f"{release}: the bundle doesn't work on this kiosk: {reason}")


def find_fault(release: Path) -> str:
    """Return the first fault of a bundle, checked in this process, or "" without one."""
    try:
        verify(release)
        with opened(release) as bundle:
            for part, fault in _faults(bundle):
                if fault:
                    return f"{release}: {part}{' '.join(fault.split())}; build it again"
            lost = failed_probes(bundle, Recogniser(bundle, threads=1))
    except EXPECTED_ERRORS as error:
        return " ".join(str(error).split()) or type(error).__name__
    return f"{release}: {lost[0]} doesn't find itself; build it again" if lost else ""


def _faults(bundle: OpenedBundle) -> Iterator[tuple[str, str]]:
    """Yield label and fault ("" for none) of each part that a few searches may not touch."""
    yield f"{layout.RECORDS}: ", bundle.records.fault()  # SQLite's report may have several lines
    yield "", InvertedIndex(bundle.path, bundle.manifest.index.items).inconsistency()


def main(arguments: Sequence[str], limits: Mapping[int, int]) -> int:
    """Check one bundle and return the exit code: 0 when it works, else 1.

    Args:
        arguments: The bundle's folder.
        limits: Resource number to the amount that this process may use from now on.
    """
    for limit, amount in limits.items():
        resource.setrlimit(limit, (amount, amount))
    fault = find_fault(Path(arguments[0]))
    if fault:
        sys.stderr.write(f"{fault}\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], LIMITS))  # pragma: no cover  # runs only in another process
