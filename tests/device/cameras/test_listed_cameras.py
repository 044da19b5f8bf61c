"""The list of cameras, and which one the settings choose."""

import errno

import pytest

from device.cameras.listed_cameras import choice, listed_cameras
from device.config import CameraConfig
from device.errors import CameraAbsentError, CameraBusyError, CameraMissingError


def chosen(machine, pi_models=(), **settings) -> str:
    """Return the name of the camera that some settings choose."""
    listed = listed_cameras(machine.devices, pi_models)
    return choice(CameraConfig(**settings), listed, machine.devices).name


def test_each_camera_is_listed_once_with_the_settings_that_mean_it(machine) -> None:
    machine.plug_in(0, "Laptop Camera", serial="A1")
    machine.plug_in(2, "HD Webcam", serial="B2", port="1-2")
    pi, laptop, webcam = listed_cameras(machine.devices, ["imx708"])

    assert (pi.name, pi.kind, pi.device, pi.file) == ("pi:0 (imx708)", "pi", "0", "")
    assert laptop.name == "webcam:0 (Laptop Camera)"
    assert webcam.file == str(machine.dev / "video2")
    assert webcam.device.endswith("/v4l/by-id/usb-HD_Webcam_B2-video-index0")
    assert [offered.code for offered in webcam.formats] == ["MJPG", "YUYV"]
    assert {each.state for each in (pi, laptop, webcam)} == {"free"}


def test_what_is_listed_as_the_settings_is_what_they_choose(machine) -> None:
    machine.plug_in(0, "Twin", serial="A1")
    machine.plug_in(2, "Twin", serial="B2", port="1-2")
    for camera in listed_cameras(machine.devices, ["imx708", "imx477"]):
        settings = {"kind": camera.kind, "device": camera.device}
        assert chosen(machine, ["imx708", "imx477"], **settings) == camera.name


def test_a_webcam_in_use_keeps_its_formats_and_one_that_refuses_has_none(machine) -> None:
    machine.plug_in(0)
    machine.plug_in(2, "Other", port="1-2")
    machine.set_busy(0, True)
    machine.nodes[2].refusal = errno.EACCES
    busy, refusing = listed_cameras(machine.devices, ())

    assert (busy.state, len(busy.formats)) == ("busy", 2)
    assert "used by another program" in busy.note
    assert (refusing.state, refusing.formats) == ("unusable", ())
    assert "usermod" in refusing.note


def test_the_choice_follows_the_order_of_auto(machine) -> None:
    machine.plug_in(0)
    machine.plug_in(2, "Other", port="1-2")

    assert chosen(machine, ["imx708"]) == "pi:0 (imx708)"
    assert chosen(machine) == "webcam:0 (HD Webcam)"
    assert chosen(machine, ["imx708"], device="other") == "webcam:2 (Other)"
    assert chosen(machine, ["imx708"], kind="webcam") == "webcam:0 (HD Webcam)"
    machine.set_busy(0, True)
    assert chosen(machine) == "webcam:2 (Other)"


def test_without_a_choice_the_reason_is_given(machine) -> None:
    machine.plug_in(0)
    machine.set_busy(0, True)

    with pytest.raises(CameraBusyError, match="used by another program"):
        chosen(machine)
    with pytest.raises(CameraAbsentError, match="expected a webcam of this name"):
        chosen(machine, device="Brio")
    with pytest.raises(CameraAbsentError, match="Pi camera"):
        chosen(machine, kind="pi")
    with pytest.raises(CameraAbsentError, match='kind = "replay"'):
        chosen(machine, kind="replay")
    machine.set_busy(0, False)
    machine.nodes[0].refusal = errno.EACCES
    with pytest.raises(CameraMissingError, match="usermod"):
        chosen(machine)
