"""The Pi's camera, with a stand-in that refuses what picamera2 refuses."""

from dataclasses import replace

import pytest

from device.cameras.pi import PiCamera, models
from device.config import CameraConfig
from device.errors import CameraAbsentError, CameraBusyError, CameraMissingError

WAIT_S = 10.0


@pytest.fixture
def pi(pi_hardware):
    def make(config: CameraConfig) -> PiCamera:
        return PiCamera(config, vendor=pi_hardware.module)

    return make


@pytest.mark.parametrize("adjusted", ["BGR888", "RGB888", "XBGR8888", "XRGB8888", "NV12"])
def test_red_is_red_in_every_format_that_the_camera_chooses(
    pi, pi_hardware, config, quarters, adjusted
):
    pi_hardware.adjusted_format = adjusted

    with pi(config) as camera:
        frame = camera.read(WAIT_S)

    assert frame.pixels.shape == (120, 160, 3)
    assert quarters(frame.pixels) == ["red", "green", "blue", "white"]


def test_padded_rows_are_cropped(pi, pi_hardware, config, quarters):
    pi_hardware.adjusted_format = "NV12"
    pi_hardware.padding = 32

    with pi(replace(config, width=160, height=120)) as camera:
        frame = camera.read(WAIT_S)

    assert frame.pixels.shape == (120, 160, 3)
    assert quarters(frame.pixels) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize(
    ("device", "number"), [("auto", 0), (1, 1), ("1", 1), ("imx477", 1), ("IMX7", 0)]
)
def test_a_camera_is_chosen_by_number_or_part_of_its_name(pi, pi_hardware, config, device, number):
    pi_hardware.models, pi_hardware.cameras = ["imx708", "imx477"], 2

    with pi(replace(config, device=device)):
        assert pi_hardware.opened == number


@pytest.mark.parametrize("device", ["imx", "/dev/video0", 2])
def test_a_setting_that_fits_no_camera_or_two_lists_those_that_are_there(
    pi, pi_hardware, config, device
):
    pi_hardware.models, pi_hardware.cameras = ["imx708", "imx477"], 2

    with pytest.raises(CameraAbsentError, match=r"found 2 \(imx708, imx477\)"):
        pi(replace(config, device=device)).open()


def test_models_are_listed_without_webcams_and_without_picamera2(pi_hardware):
    pi_hardware.usb_ids = ["/base/axi/pcie@1000120000/rp1/usb@200000-1:1.0-046d:0825"]

    def not_installed(name):
        raise ModuleNotFoundError(name)

    assert models(pi_hardware.module) == ("imx708",)
    assert models(not_installed) == ()


def test_a_webcam_is_never_opened_as_a_pi_camera(pi, pi_hardware, config):
    pi_hardware.cameras = 0
    pi_hardware.usb_ids = ["/base/axi/pcie@1000120000/rp1/usb@200000-1:1.0-046d:0825"]

    with pytest.raises(CameraAbsentError, match="found 0"):
        pi(config).open()


def test_an_unsupported_format_is_refused_and_the_camera_released(pi, pi_hardware, config):
    pi_hardware.adjusted_format = "YUV420"

    with pytest.raises(CameraMissingError, match="found YUV420"):
        pi(config).open()
    assert not pi_hardware.is_taken


def test_without_picamera2_the_error_says_how_to_install_it(config):
    def not_installed(name: str):
        raise ModuleNotFoundError(f"No module named {name!r}")

    with pytest.raises(CameraMissingError, match="apt install python3-picamera2") as error:
        PiCamera(config, vendor=not_installed).open()
    assert "\n" not in str(error.value)


def test_a_camera_that_is_not_plugged_in_is_missing(pi, pi_hardware, config):
    pi_hardware.cameras = 0

    with pytest.raises(CameraMissingError, match="found 0; check its ribbon cable"):
        pi(config).open()


def test_a_camera_in_use_elsewhere_is_busy(pi, pi_hardware, config):
    pi_hardware.is_taken = True

    with pytest.raises(CameraBusyError, match="Device or resource busy"):
        pi(config).open()


def test_focus_and_exposure_are_locked_if_configured(pi, pi_hardware):
    config = CameraConfig(focus=2.5, exposure_us=8000, gain=2, fps=10)

    with pi(config):
        assert pi_hardware.set_controls == {
            "FrameDurationLimits": (100_000, 100_000),
            "AfMode": "Manual",
            "LensPosition": 2.5,
            "ExposureTime": 8000,
            "AnalogueGain": 2.0,
        }


def test_an_autofocus_camera_focuses_by_itself_by_default(pi, pi_hardware):
    with pi(CameraConfig(fps=20)):
        assert pi_hardware.set_controls == {
            "FrameDurationLimits": (50_000, 50_000),
            "AfMode": "Continuous",
        }


def test_an_exposure_longer_than_a_frame_lengthens_the_frame(pi, pi_hardware):
    with pi(CameraConfig(fps=20, exposure_us=200_000)):
        assert pi_hardware.set_controls["FrameDurationLimits"] == (200_000, 200_000)


def test_a_control_that_the_camera_lacks_is_only_a_warning(pi, pi_hardware, config, caplog):
    del pi_hardware.controls["LensPosition"], pi_hardware.controls["AfMode"]

    with pi(replace(config, focus=2.0)) as camera:
        camera.read(WAIT_S)

    assert "no control LensPosition" in caplog.text


def test_a_fixed_lens_causes_no_warning(pi, pi_hardware, config, caplog):
    del pi_hardware.controls["LensPosition"], pi_hardware.controls["AfMode"]

    with pi(config):
        pass

    assert "no control" not in caplog.text


def test_odd_sizes_are_made_even_since_picamera2_refuses_them(pi, config):
    with pi(replace(config, width=641, height=481)) as camera:
        camera.read(WAIT_S)
