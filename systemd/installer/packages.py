"""What comes from Debian: camera, OpenCV and numpy built to fit each other, the browser and what shows it."""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.command import run, succeeds

NEEDED = (
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
# Only Raspberry Pi OS has it; elsewhere the kiosk has a webcam or the replay camera.
WHERE_THERE_IS_ONE = ("python3-picamera2",)
# Annoy has no wheel for most machines and is compiled where there is none on the stick.
TO_BUILD = ("g++", "python3-dev")
# Where `make wheelhouse` puts packages for a machine without a network.
FOLDER = "packages"


def installed() -> frozenset[str]:
    """Give the names of the packages that are installed here."""
    listed = run("dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Package}\n")
    lines = [line.split() for line in listed.splitlines()]
    return frozenset(words[-1] for words in lines if words[0] == "ii")


def wanted(*, is_building: bool) -> tuple[str, ...]:
    """Give the packages a kiosk on this machine needs.

    Args:
        is_building: Whether wheels have to be made here.
    """
    offered = tuple(name for name in WHERE_THERE_IS_ONE if _is_offered(name))
    return NEEDED + offered + (TO_BUILD if is_building else ())


def missing(names: Iterable[str]) -> tuple[str, ...]:
    """Give those that aren't installed yet."""
    here = installed()
    return tuple(name for name in names if name not in here)


def refresh(sources: Path | None) -> None:
    """Let apt know what there is; `sources` lists a stick's packages alone, `None` asks the network."""
    run("apt-get", *_only(sources), "update", "--quiet", env=_QUIETLY)


def bring(names: Iterable[str], sources: Path | None) -> None:
    """Install packages, with nothing that they merely recommend."""
    options = ("install", "--yes", "--quiet", "--no-install-recommends")
    run("apt-get", *_only(sources), *options, *names, env=_QUIETLY)


@contextmanager
def on_stick(stick: Path) -> Iterator[Path | None]:
    """Give apt's list of sources for the packages on a stick; `None` where it holds none.

    Whoever puts in the stick is root here: what apt could check of it says nothing that SHA256SUMS doesn't.
    """
    if not (stick / FOLDER / "Packages").is_file():
        yield None
        return
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # apt reads it as a user of its own
        listed = Path(folder) / "sources.list"
        place = str(stick / FOLDER).replace(" ", "%20")
        listed.write_text(f"deb [trusted=yes] file:{place} ./\n", "utf-8")
        yield listed


def carry(names: Iterable[str], folder: Path) -> int:
    """Download packages with all they need, as if nothing were installed here; give how many there are."""
    with TemporaryDirectory() as scratch:
        nothing = Path(scratch) / "status"
        nothing.touch()
        (folder / "partial").mkdir(parents=True)
        options = ("install", "--download-only", "--yes", "--quiet", "--no-install-recommends")
        run(
            "apt-get",
            *("-o", f"Dir::State::status={nothing}", "-o", f"Dir::Cache::archives={folder}"),
            *("-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User=root", *options, *names),
            env=_QUIETLY,
        )
    shutil.rmtree(folder / "partial")
    found = sorted(folder.glob("*.deb"))
    (folder / "Packages").write_text("".join(map(_entry, found)), "utf-8")
    (folder / "lock").unlink(missing_ok=True)
    return len(found)


def _entry(package: Path) -> str:
    """Give a package's paragraph in a list that apt reads."""
    with package.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    fields = run("dpkg-deb", "--field", package)
    size = package.stat().st_size
    return f"{fields}Filename: ./{package.name}\nSize: {size}\nSHA256: {digest}\n\n"


def remove(names: Iterable[str]) -> tuple[str, ...]:
    """Take packages away again; what others need by now stays, and is given back."""
    names = tuple(names)
    others = _would_go(names) - set(names)
    kept = tuple(name for name in names if others & _would_go((name,))) if others else ()
    going = [name for name in names if name not in kept]
    if going:
        run("apt-get", "purge", "--yes", "--quiet", *going, env=_QUIETLY)
    return kept


def size_bytes(names: Iterable[str]) -> int:
    """Give how much room packages take, as Debian counts it."""
    shown = run("dpkg-query", "--show", "--showformat=${Installed-Size}\n", *names)
    return sum(int(line) for line in shown.split()) * 1024


def _would_go(names: Iterable[str]) -> set[str]:
    planned = run("apt-get", "--simulate", "purge", *names, env=_QUIETLY)
    words = [line.split() for line in planned.splitlines()]
    return {line[1] for line in words if line and line[0] == "Purg"}


def _is_offered(name: str) -> bool:
    return succeeds("apt-cache", "show", "--no-all-versions", name)


def _only(sources: Path | None) -> tuple[str, ...]:
    if sources is None:
        return ()
    return (
        *("-o", f"Dir::Etc::SourceList={sources}", "-o", "Dir::Etc::SourceParts=/dev/null"),
        *("-o", "APT::Get::List-Cleanup=0"),  # what apt knows of the network's packages stays known
    )


_QUIETLY = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
