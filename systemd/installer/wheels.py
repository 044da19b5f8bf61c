"""Our software and all it needs of Python's, as wheels: made here, or carried on a stick.

Every download is held against a hash in `requirements.lock`; from then on pip asks no network.
"""

import hashlib
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.command import run
from installer.errors import InstallError

LOCK = "requirements.lock"
BUILD_LOCK = "build-requirements.lock"
SUMS = "SHA256SUMS"
FOLDER = "wheels"
_MADE_OF = "made-of"
# What a wheel of ours is made from; the rest of a checkout may be large and isn't touched.
_SOURCES = (
    "setup.cfg",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "device",
    "kiosk_ui",
    "converter",
    "evaluation",
)


def make(checkout: Path, out: Path) -> None:
    """Make the wheels for this machine and its Python, unless they lie there, made of the very same.

    Args:
        checkout: The folder with `setup.cfg` and `systemd/`.
        out: Where they go; what was there is replaced.
    """
    made_of = _sources(checkout)
    if (out / _MADE_OF).is_file() and (out / _MADE_OF).read_text("utf-8") == made_of:
        return
    with tools() as python, TemporaryDirectory() as scratch:
        locks = checkout / "systemd"
        run(python, "-m", "pip", "install", "--require-hashes", "-r", locks / BUILD_LOCK)
        made = Path(scratch) / "made"
        wheel = (python, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", made)
        run(*wheel, "--require-hashes", "-r", locks / LOCK, env=EVERY_PROCESSOR)
        run(*wheel, _copy(checkout, Path(scratch) / "source"))
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)
    (out / _MADE_OF).write_text(made_of, "utf-8")
    write_sums(out)


# Annoy is otherwise compiled for the very processor it is compiled on, and may end on another with SIGILL.
EVERY_PROCESSOR = {
    "ANNOY_COMPILER_ARGS": "-fpermissive,-O3,-ffast-math,-fno-associative-math,-DANNOYLIB_MULTITHREADED_BUILD,-std=c++14"
}


@contextmanager
def tools() -> Iterator[Path]:
    """Give the Python of an environment that has pip and is gone afterwards: the kiosk's own has none."""
    with TemporaryDirectory() as folder:
        run("/usr/bin/python3", "-m", "venv", folder)
        yield Path(folder) / "bin/python"


def write_sums(folder: Path) -> None:
    """Note what every file of a folder is, to be held against once it has travelled."""
    lines = [f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in _files(folder)]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def check_sums(folder: Path) -> None:
    """Hold every file of a folder against what was noted.

    Raises:
        InstallError: When one is missing, altered or not noted, or nothing was noted at all.
    """
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except OSError as error:
        raise InstallError(
            f"{folder / SUMS}: can't be read ({error.strerror}); copy the folder again"
        ) from error
    noted = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {str(path.relative_to(folder)): _sha256(path) for path in _files(folder)}
    wrong = sorted(name for name in noted | found if noted.get(name) != found.get(name))
    if wrong:
        raise InstallError(
            f"{folder}: damaged or not as it was made: {', '.join(wrong[:5])}; copy it again"
        )


def stamp(folder: Path) -> str:
    """Give what tells one set of wheels from another: 16 hexadecimal digits."""
    return _sha256(folder / SUMS)[:16]


def _copy(checkout: Path, out: Path) -> Path:
    out.mkdir()
    for name in _SOURCES:
        source = checkout / name
        if source.is_dir():
            shutil.copytree(source, out / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, out)
    return out


def _sources(checkout: Path) -> str:
    """Give what tells one state of a checkout, and the Python it is for, from another."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in (*_SOURCES, f"systemd/{LOCK}", f"systemd/{BUILD_LOCK}"):
        for path in _files(checkout / name) or [checkout / name]:
            digest.update(f"{path.relative_to(checkout)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
