"""Settings during an upgrade: renamed for the new software, kept for a rollback."""

from pathlib import Path

import pytest
from installer import slots
from installer.paths import Paths
from installer.settings import activate_settings, migrated_settings, settings_of


@pytest.fixture
def kiosk(tmp_path: Path) -> Paths:
    """Two slots, of which `a` is active, and settings."""
    paths = Paths(root=tmp_path)
    for name in ("a", "b"):
        (paths.home / "slots" / name).mkdir(parents=True)
    paths.settings.mkdir(parents=True)
    (paths.settings / "kiosk.toml").write_text("old = 1\n")
    slots.activate(paths, paths.home / "slots/a")
    return paths


def test_renamed_settings_are_kept_with_the_software_that_used_them(kiosk: Paths) -> None:
    one, other = kiosk.home / "slots/a", kiosk.home / "slots/b"
    (other / "kiosk.toml").write_text("new = 1\n")

    activate_settings(other / "kiosk.toml", kiosk)
    slots.activate(kiosk, other)

    assert (kiosk.settings / "kiosk.toml").read_text() == "new = 1\n"
    assert settings_of(one, kiosk).read_text() == "old = 1\n"
    activate_settings(settings_of(one, kiosk), kiosk)
    assert (kiosk.settings / "kiosk.toml").read_text() == "old = 1\n"


@pytest.mark.parametrize(("migrated", "folder"), [("old = 1", "etc"), ("new = 1", "slots/b")])
def test_settings_are_written_into_the_slot_only_if_one_is_renamed(
    kiosk: Paths, migrated: str, folder: str
) -> None:
    slot = kiosk.home / "slots/b"
    (slot / "bin").mkdir()
    (slot / "bin/printkiosk-device").write_text(f'#!/bin/sh\necho "{migrated}" > "$5"\n')
    (slot / "bin/printkiosk-device").chmod(0o755)

    settings = migrated_settings(slot, kiosk, print)

    assert folder in str(settings) and settings.read_text() == f"{migrated}\n"
    assert (slot / "kiosk.toml").exists() == (settings.parent == slot)


def test_unchanged_settings_are_not_written(kiosk: Paths) -> None:
    settings = kiosk.settings / "kiosk.toml"
    (kiosk.home / "slots/b/kiosk.toml").write_text("old = 1\n")
    before = settings.stat()

    activate_settings(kiosk.home / "slots/b/kiosk.toml", kiosk)

    after = settings.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert settings_of(kiosk.home / "slots/a", kiosk) == settings
