"""Wheels of the software and its Python dependencies, built here or on a stick.

Each download is checked against a hash in `requirements.lock`. After that pip uses no network.
"""

import hashlib
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.errors import InstallError
from installer.run_command import run

LOCK = "requirements.lock"
BUILD_LOCK = "build-requirements.lock"
SUMS = "SHA256SUMS"
FOLDER = "wheels"
_BUILT_FROM = "made-of"
# The inputs of the software's own wheel. The rest of a checkout may be large and isn't read.
SOURCES = (
    "setup.cfg",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "device",
    "evaluation",
    "kiosk_ui",
    "converter",
)


def build(checkout: Path, out: Path) -> None:
    """Build the wheels for this machine and Python, unless they are there and up to date.

    Args:
        checkout: The folder with `setup.cfg` and `systemd/`.
        out: The wheels' folder; its former content is replaced.

    Raises:
        InstallError: When a download or a build fails.
    """
    built_from = _source_digest(checkout)
    if (out / _BUILT_FROM).is_file() and (out / _BUILT_FROM).read_text("utf-8") == built_from:
        return
    with pip_environment() as python, TemporaryDirectory() as scratch:
        locks = checkout / "systemd"
        run(python, "-m", "pip", "install", "--require-hashes", "-r", locks / BUILD_LOCK)
        built = Path(scratch) / "made"
        wheel = (python, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", built)
        run(*wheel, "--require-hashes", "-r", locks / LOCK, env=PORTABLE_CODE)
        run(*wheel, copy_sources(checkout, Path(scratch) / "source"))
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(built, out)
    (out / _BUILT_FROM).write_text(built_from, "utf-8")
    write_sums(out)


# By default Annoy is compiled for the building machine's own processor; on another it may end with SIGILL.
PORTABLE_CODE = {
    "ANNOY_COMPILER_ARGS": "-fpermissive,-O3,-ffast-math,-fno-associative-math,-DANNOYLIB_MULTITHREADED_BUILD,-std=c++14"
}


@contextmanager
def pip_environment() -> Iterator[Path]:
    """Yield the Python of a temporary environment with pip, which the kiosk's own lacks."""
    with TemporaryDirectory() as folder:
        run("/usr/bin/python3", "-m", "venv", folder)
        yield Path(folder) / "bin/python"


def write_sums(folder: Path) -> None:
    """Write `SHA256SUMS` with the checksum of each file in a folder."""
    lines = [f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in _files(folder)]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def check_sums(folder: Path) -> None:
    """Check each file in a folder against its `SHA256SUMS`.

    Raises:
        InstallError: When a file is missing, altered or not listed, or the list can't be read.
    """
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except OSError as error:
        raise InstallError(
            f"{folder / SUMS}: can't be read ({error.strerror}); copy the folder again"
        ) from error
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {str(path.relative_to(folder)): _sha256(path) for path in _files(folder)}
    wrong = sorted(name for name in listed | found if listed.get(name) != found.get(name))
    if wrong:
        raise InstallError(
            f"{folder}: missing, altered or unexpected files: {', '.join(wrong[:5])};"
            " copy the folder again"
        )


def wheels_digest(folder: Path) -> str:
    """Return 16 hexadecimal digits that identify a set of wheels."""
    return _sha256(folder / SUMS)[:16]


def copy_sources(checkout: Path, out: Path) -> Path:
    """Copy the sources of the wheel from a checkout into a new folder; return it."""
    out.mkdir()
    for name in SOURCES:
        source = checkout / name
        if source.is_dir():
            shutil.copytree(source, out / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, out)
    return out


def _source_digest(checkout: Path) -> str:
    """Return a digest of the sources, the locks and the Python version."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in (*SOURCES, f"systemd/{LOCK}", f"systemd/{BUILD_LOCK}"):
        for path in _files(checkout / name) or [checkout / name]:
            digest.update(f"{path.relative_to(checkout)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
