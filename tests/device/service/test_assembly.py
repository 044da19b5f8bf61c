"""The kiosk that a configuration describes."""

from pathlib import Path

import pytest
from running_kiosk import CONFIG, until

from device.config import CameraConfig, Config
from device.service import open_kiosk
from device.service.state import Phase


@pytest.mark.slow
def test_the_configured_kiosk_replays_the_bundles_own_prints(small_bundle: Path) -> None:
    config = Config(
        bundle=small_bundle, camera=CameraConfig(kind="replay", fps=50), recognition=CONFIG
    )
    with open_kiosk(config, {}) as service:
        state = until(service, lambda state: state.answer is not None)

    assert state.phase is Phase.FOUND
    assert state.answer is not None
    assert state.answer.matches[0].score > 0.9


def test_the_configured_kiosk_opens_its_stores_current_bundle(tmp_path: Path) -> None:
    config = Config(store=tmp_path, camera=CameraConfig(kind="none"), recognition=CONFIG)
    with open_kiosk(config, {}) as service:
        state = service.snapshot().state

    assert state.phase is Phase.NO_BUNDLE
    assert str(tmp_path / "current") in state.note


def test_a_camera_that_is_switched_off_is_reported_as_such(small_bundle: Path) -> None:
    config = Config(bundle=small_bundle, camera=CameraConfig(kind="none"), recognition=CONFIG)
    with open_kiosk(config, {}) as service:
        assert "switched off" in until(service, lambda s: s.phase is Phase.CAMERA_LOST).note
