"""Which camera is chosen."""

import logging

import numpy as np
import pytest

from device.cameras import ReplayPicture, open_camera
from device.config import CameraConfig
from device.errors import CameraBusyError, CameraMissingError

NOWHERE = 63  # no machine has this many cameras
PICTURE = ReplayPicture(name="print", load=lambda: np.zeros((4, 4, 3), np.uint8))


@pytest.mark.slow
def test_without_a_camera_the_replay_camera_is_used_and_one_line_says_why(caplog):
    caplog.set_level(logging.INFO)

    with open_camera(CameraConfig(device=NOWHERE), replay=[PICTURE]) as camera:
        assert camera.name == "replay:bundle"
        assert camera.is_open

    (line,) = [r.message for r in caplog.records if "passed over" in r.message]
    assert "pi:63" in line and "webcam:63" in line


@pytest.mark.slow
def test_without_any_camera_the_error_gives_every_reason():
    with pytest.raises(CameraMissingError) as error:
        open_camera(CameraConfig(device=NOWHERE))

    message = str(error.value)
    assert "\n" not in message
    assert all(name in message for name in ("pi:63", "webcam:63", "replay:bundle"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pi", "webcam"])
def test_a_camera_configured_by_kind_is_never_replaced_by_another(kind):
    with pytest.raises(CameraMissingError, match=f"{kind}:63"):
        open_camera(CameraConfig(kind=kind, device=NOWHERE), replay=[PICTURE])


def test_a_camera_in_use_is_never_replaced_by_the_replay_camera():
    """It comes by itself once the other program ends; a replay would stay for good."""

    def busy(config):
        raise CameraBusyError("webcam:0: used by another program")

    with pytest.raises(CameraBusyError, match=r"^webcam:0: used by another program$"):
        open_camera(CameraConfig(), replay=[PICTURE], hardware=busy)


@pytest.mark.slow
def test_a_camera_configured_by_name_is_never_replaced_by_the_replay_camera():
    with pytest.raises(CameraMissingError, match="webcam:No Such Webcam"):
        open_camera(CameraConfig(device="No Such Webcam"), replay=[PICTURE])


def test_replay_configured_by_kind_is_used():
    with open_camera(CameraConfig(kind="replay"), replay=[PICTURE]) as camera:
        assert camera.read(10.0).pixels.shape == (4, 4, 3)


def test_no_camera_is_opened_when_it_is_switched_off():
    with pytest.raises(CameraMissingError, match="switched off"):
        open_camera(CameraConfig(kind="none"), replay=[PICTURE])
