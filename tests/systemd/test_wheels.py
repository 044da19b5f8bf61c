"""Wheels: built from all packages, locked by hash, checked on a stick."""

import configparser
import re
from pathlib import Path

import pytest
from installer import wheels
from installer.errors import InstallError

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of wheels as copied from a stick."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "printkiosk-1-py3-none-any.whl").write_bytes(b"wheel")
    (folder / "flask-3-py3-none-any.whl").write_bytes(b"another")
    wheels.write_sums(folder)
    return folder


def test_intact_wheels_are_accepted(folder: Path) -> None:
    wheels.check_sums(folder)


def test_an_altered_missing_or_added_wheel_is_refused_by_name(folder: Path) -> None:
    (folder / "printkiosk-1-py3-none-any.whl").write_bytes(b"Wheel")
    (folder / "flask-3-py3-none-any.whl").unlink()
    (folder / "evil-1-py3-none-any.whl").write_bytes(b"")

    with pytest.raises(InstallError, match=r"evil-1.*flask-3.*printkiosk-1"):
        wheels.check_sums(folder)


def test_wheels_without_checksums_are_refused(folder: Path) -> None:
    (folder / wheels.SUMS).unlink()

    with pytest.raises(InstallError, match="SHA256SUMS"):
        wheels.check_sums(folder)


def read_setup() -> configparser.ConfigParser:
    """Return the project's setup.cfg."""
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    return setup


def test_the_wheel_is_built_from_each_package_of_the_software() -> None:
    """A package that isn't listed would be missing on a kiosk."""
    patterns = read_setup()["options.packages.find"]["include"].strip().splitlines()

    assert {pattern.strip().rstrip("*") for pattern in patterns} <= set(wheels.SOURCES)


def test_the_sources_of_the_wheel_can_be_copied(tmp_path: Path) -> None:
    copy = wheels.copy_sources(REPOSITORY, tmp_path / "source")

    assert {path.name for path in copy.iterdir()} == set(wheels.SOURCES)


def test_the_lock_has_a_hash_for_each_dependency_and_leaves_numpy_and_opencv_to_debian() -> None:
    extras = read_setup()["options.extras_require"]
    wanted = {
        re.split(r"[<>=;\[ ]", line, maxsplit=1)[0]
        for extra in ("device", "ui")
        for line in extras[extra].strip().splitlines()
    }
    text = (REPOSITORY / "systemd" / wheels.LOCK).read_text("utf-8")
    locked = dict(re.findall(r"(?m)^([\w.-]+)==(.*(?:\n    .*)*)", text))

    assert wanted <= set(locked)
    assert all("--hash=sha256:" in rest for rest in locked.values())
    assert not {"numpy", "opencv-python-headless", "opencv-python"} & set(locked)
    assert "://" not in text
