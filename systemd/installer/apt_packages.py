"""Debian packages of the kiosk: camera, OpenCV, numpy, browser and compositor."""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.run_command import run, succeeds

REQUIRED = (
    "python3",
    "python3-venv",
    "python3-numpy",
    "python3-opencv",
    "chromium",
    "cage",
    "dbus",
    "libpam-systemd",
    "fonts-dejavu-core",
)
# Only Raspberry Pi OS has it; elsewhere the kiosk uses a webcam or the replay camera.
OPTIONAL = ("python3-picamera2",)
# Annoy has no wheel for most machines; without one on the stick it is compiled.
BUILD_TOOLS = ("g++", "python3-dev")
# Where `make wheelhouse` puts packages for a machine without a network.
FOLDER = "packages"


def installed() -> frozenset[str]:
    """Return the names of the installed packages."""
    listed = run("dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Package}\n")
    lines = [line.split() for line in listed.splitlines()]
    return frozenset(words[-1] for words in lines if words[0] == "ii")


def required(*, is_building: bool) -> tuple[str, ...]:
    """Return the names of the packages that a kiosk on this machine needs.

    Args:
        is_building: Whether wheels are built on this machine.
    """
    available = tuple(name for name in OPTIONAL if _is_available(name))
    return REQUIRED + available + (BUILD_TOOLS if is_building else ())


def missing(names: Iterable[str]) -> tuple[str, ...]:
    """Return the packages that aren't installed yet, in the given order."""
    present = installed()
    return tuple(name for name in names if name not in present)


def update_lists(sources: Path | None) -> None:
    """Update apt's package lists.

    Args:
        sources: A list of sources with the packages on a stick alone; `None` uses the network.
    """
    run("apt-get", *_source_options(sources), "update", "--quiet", env=_NON_INTERACTIVE)


def install(names: Iterable[str], sources: Path | None) -> None:
    """Install packages without their merely recommended ones.

    Args:
        names: The packages.
        sources: As in `update_lists`.
    """
    options = ("install", "--yes", "--quiet", "--no-install-recommends")
    run("apt-get", *_source_options(sources), *options, *names, env=_NON_INTERACTIVE)


@contextmanager
def local_source(stick: Path) -> Iterator[Path | None]:
    """Yield an apt list of sources for the packages on a stick, or None if it holds none.

    Apt trusts it without a signature: a person who can plug in the stick and run the installer is root.
    """
    if not (stick / FOLDER / "Packages").is_file():
        yield None
        return
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # apt reads it as a user of its own
        sources = Path(folder) / "sources.list"
        path = str(stick / FOLDER).replace(" ", "%20")
        sources.write_text(f"deb [trusted=yes] file:{path} ./\n", "utf-8")
        yield sources


def download(names: Iterable[str], folder: Path) -> int:
    """Download packages with all dependencies, even installed ones; return their number."""
    with TemporaryDirectory() as scratch:
        no_packages = Path(scratch) / "status"
        no_packages.touch()
        (folder / "partial").mkdir(parents=True)
        options = ("install", "--download-only", "--yes", "--quiet", "--no-install-recommends")
        run(
            "apt-get",
            *("-o", f"Dir::State::status={no_packages}", "-o", f"Dir::Cache::archives={folder}"),
            *("-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User=root", *options, *names),
            env=_NON_INTERACTIVE,
        )
    shutil.rmtree(folder / "partial")
    found = sorted(folder.glob("*.deb"))
    (folder / "Packages").write_text("".join(map(_index_entry, found)), "utf-8")
    (folder / "lock").unlink(missing_ok=True)
    return len(found)


def _index_entry(package: Path) -> str:
    """Return a package's paragraph for apt's `Packages` index."""
    with package.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    fields = run("dpkg-deb", "--field", package)
    size = package.stat().st_size
    return f"{fields}Filename: ./{package.name}\nSize: {size}\nSHA256: {digest}\n\n"


def remove(names: Iterable[str]) -> tuple[str, ...]:
    """Purge packages that no other package needs; return the ones that were kept."""
    names = tuple(names)
    others = _purged_with(names) - set(names)
    kept = tuple(name for name in names if others & _purged_with((name,))) if others else ()
    unneeded = [name for name in names if name not in kept]
    if unneeded:
        run("apt-get", "purge", "--yes", "--quiet", *unneeded, env=_NON_INTERACTIVE)
    return kept


def installed_size_bytes(names: Iterable[str]) -> int:
    """Return the installed size of packages in bytes, as Debian counts it."""
    shown = run("dpkg-query", "--show", "--showformat=${Installed-Size}\n", *names)
    return sum(int(line) for line in shown.split()) * 1024


def _purged_with(names: Iterable[str]) -> set[str]:
    planned = run("apt-get", "--simulate", "purge", *names, env=_NON_INTERACTIVE)
    words = [line.split() for line in planned.splitlines()]
    return {line[1] for line in words if line and line[0] == "Purg"}


def _is_available(name: str) -> bool:
    return succeeds("apt-cache", "show", "--no-all-versions", name)


def _source_options(sources: Path | None) -> tuple[str, ...]:
    if sources is None:
        return ()
    return (
        *("-o", f"Dir::Etc::SourceList={sources}", "-o", "Dir::Etc::SourceParts=/dev/null"),
        *("-o", "APT::Get::List-Cleanup=0"),  # keeps apt's lists of the network's packages
    )


_NON_INTERACTIVE = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
