"""The command `cameras`: what it prints, and the pictures that it takes when asked."""

import argparse
import json
from pathlib import Path

import pytest
from colour_card import make_card, quarter_names
from pluggable_camera import PluggableCamera

from device.cameras import cameras_command
from device.config import Config
from device.errors import PictureError
from device.imaging import decoding


@pytest.fixture
def command(machine):
    """Return a function that runs the command with its options."""
    parser = argparse.ArgumentParser()
    cameras_command.add_options(parser)
    asked = []

    def hardware(config):
        asked.append((config.kind, config.device))
        camera = PluggableCamera(make_card())
        if config.device.endswith("video2"):
            camera.unplug()
        return camera

    def run(*options, pi_models=()):
        return cameras_command.run(
            parser.parse_args([str(option) for option in options]),
            Config(),
            devices=machine.devices,
            pi_models=lambda: pi_models,
            hardware=hardware,
        )

    run.asked = asked
    return run


def test_people_read_name_file_settings_state_and_formats(machine, command, capsys) -> None:
    machine.plug_in(0, serial="A1")
    machine.plug_in(2, "Other", serial="B2", port="1-2")
    machine.set_busy(2, True)

    assert command(pi_models=["imx708"]) == 0
    text = capsys.readouterr().out.replace(str(machine.dev), "/dev")
    assert text == (
        "pi:0 (imx708)\n"
        '  settings  kind = "pi", device = "0"\n'
        "  state     free\n"
        "\n"
        "webcam:0 (HD Webcam)\n"
        "  file      /dev/video0\n"
        '  settings  kind = "webcam", device = "/dev/v4l/by-id/usb-HD_Webcam_A1-video-index0"\n'
        "  state     free\n"
        "  formats   MJPG 1280x960 1280x720 640x480\n"
        "            YUYV 640x480 320x240\n"
        "\n"
        "webcam:2 (Other)\n"
        "  file      /dev/video2\n"
        '  settings  kind = "webcam", device = "/dev/v4l/by-id/usb-Other_B2-video-index0"\n'
        "  state     busy\n"
        "            webcam:2 (Other): used by another program; end it, and the picture comes by itself\n"
        "  formats   MJPG 1280x960 1280x720 640x480\n"
        "            YUYV 640x480 320x240\n"
        "\n"
        "the kiosk takes pi:0 (imx708)\n"
    )
    assert command.asked == []  # no picture unless one is asked for


def test_without_cameras_the_text_says_what_to_do(command, capsys) -> None:
    assert command() == 0
    text = capsys.readouterr().out

    assert text.startswith("no camera found: plug a webcam in")
    assert "the kiosk takes no camera: webcam:auto: expected a webcam, found none" in text


def test_programs_read_json(machine, command, capsys) -> None:
    machine.plug_in(0)

    assert command("--json") == 0
    found = json.loads(capsys.readouterr().out)
    (camera,) = found["cameras"]
    assert (camera["name"], camera["state"]) == ("webcam:0 (HD Webcam)", "free")
    assert camera["formats"][0]["code"] == "MJPG"
    assert camera["formats"][0]["sizes"][0] == [1280, 960]
    assert camera["picture"] == {"file": "", "note": ""}
    assert (found["chosen"], found["reason"]) == ("webcam:0 (HD Webcam)", "")


def test_each_camera_takes_a_picture_if_asked(machine, command, capsys, tmp_path) -> None:
    machine.plug_in(0)
    folder = tmp_path / "new/pictures"

    assert command("--pictures", folder, pi_models=["imx708"]) == 0
    assert command.asked == [("pi", "0"), ("webcam", str(machine.dev / "video0"))]
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["pi-0-imx708.jpg", "webcam-0-HD-Webcam.jpg"]
    assert quarter_names(decoding.load(files[0])) == ["red", "green", "blue", "white"]
    assert f"picture   {files[1]}" in capsys.readouterr().out


def test_a_camera_without_a_picture_is_named_and_the_others_go_on(
    machine, command, capsys, tmp_path
) -> None:
    machine.plug_in(2, "Other", port="1-2")
    machine.plug_in(4, "Third", port="1-3")

    assert command("--pictures", tmp_path / "new", "--json") == 1
    other, third = json.loads(capsys.readouterr().out)["cameras"]
    assert other["picture"] == {"file": "", "note": "pluggable:0: no such camera"}
    assert Path(third["picture"]["file"]).name == "webcam-4-Third.jpg"


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_folder_with_files_is_left_alone(machine, command, tmp_path, is_folder) -> None:
    mine = tmp_path / "mine"
    if is_folder:
        mine.mkdir()
    (mine / "diary.txt" if is_folder else mine).write_text("mine")

    with pytest.raises(PictureError, match="expected a new or empty folder"):
        command("--pictures", mine)
    assert command.asked == []
