"""`printkiosk-device sync`: its output, and its progress on the stand's screen."""

from datetime import date, timedelta
from pathlib import Path

import publishing_desk
import pytest
from publishing_desk import PublishingDesk

from device.cli import main
from device.store import sync_progress
from device.store.store_state import EXPIRY_WARNING_DAYS, StoreState
from device.store.sync_command import warn_of_expiry
from device.store.sync_progress import SyncStep


@pytest.fixture
def settings(desk: PublishingDesk, tmp_path: Path) -> Path:
    """A kiosk's settings, with a root and without a source."""
    path = tmp_path / "kiosk.toml"
    path.write_text(f'store = "{tmp_path}/store"\n[sync]\nroot = "{desk.keys}/root.json"\n')
    return path


def test_a_scheduled_sync_without_a_source_succeeds(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sync", "--scheduled", "--config", str(settings)]) == 0

    assert "only by USB stick" in capsys.readouterr().out
    assert sync_progress.read(tmp_path / "store", is_stick=False) is None


def test_a_sync_without_a_source_fails(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "--config", str(settings)]) == 1

    assert "E7" in capsys.readouterr().err


def test_another_museums_stick_is_reported_on_the_screen(
    desk: PublishingDesk, settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    desk.folder.rename(stick / "printkiosk")
    (stick / "printkiosk/metadata/timestamp.json").write_text("{}")

    assert main(["sync", "--stick", "--config", str(settings), str(stick)]) == 1

    told = sync_progress.read(tmp_path / "store", is_stick=True)
    assert told is not None
    assert (told.step, told.number) == (SyncStep.FAILED, 3)
    assert "the stick: is not signed by this museum" in told.line
    assert str(stick) not in capsys.readouterr().err


def test_an_empty_stick_is_reported(settings: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()

    assert main(["sync", "--stick", "--config", str(settings), str(tmp_path / "stick")]) == 1

    told = sync_progress.read(tmp_path / "store", is_stick=True)
    assert told is not None and told.number == 2


def test_a_sync_without_a_root_is_reported(desk: PublishingDesk, tmp_path: Path) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'store = "{tmp_path}/store"\n[sync]\nroot = "{tmp_path}/none.json"\n')

    assert main(["sync", "--stick", "--config", str(settings), str(desk.folder)]) == 1

    told = sync_progress.read(tmp_path / "store", is_stick=True)
    assert told is not None and told.number == 7


def test_a_repository_without_a_bundle_is_reported(
    desk: PublishingDesk, settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    young = publishing_desk.set_up(tmp_path / "young")
    settings.write_text(f'store = "{tmp_path}/store"\n[sync]\nroot = "{young.keys}/root.json"\n')

    assert main(["sync", "--config", str(settings), str(young.folder)]) == 0

    assert "no bundle is published there yet" in capsys.readouterr().out


def test_staff_are_warned_before_updates_expire(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for days, is_told in ((EXPIRY_WARNING_DAYS, True), (EXPIRY_WARNING_DAYS + 1, False)):
        day = date.today() + timedelta(days=days)
        warn_of_expiry(StoreState(expires=day.isoformat()))
        assert (f"{days} days from now" in capsys.readouterr().err) == is_told
    warn_of_expiry(StoreState())
    assert capsys.readouterr().err == ""
