"""Which webcam a setting means, and which one is found again when it was moved."""

from pathlib import Path

import pytest

from device.cameras.v4l2 import VideoNode
from device.cameras.webcam_choice import AUTO, WebcamChoice, candidates, number_of
from device.errors import CameraAbsentError

USB = "/sys/devices/usb1"


def node(number: int, name: str, port: str = f"{USB}/1-1", *, serial="", capture=True, index=0):
    """Return a node; a webcam in the first USB port by default."""
    return VideoNode(
        path=Path(f"/dev/video{number}"),
        name=name,
        serial=serial,
        port=port,
        index=index,
        is_capture=capture,
    )


LAPTOP = node(0, "Laptop Camera")
METADATA = node(1, "Laptop Camera", capture=False, index=1)
STAND = node(2, "HD Pro Webcam C920", f"{USB}/1-2", serial="A1")
SCALER = node(10, "scaler", "/sys/devices/platform/isp")
ALL = (LAPTOP, METADATA, STAND, SCALER)


def refusal(nodes, device, earlier=None) -> str:
    """Return the one-line error of a setting that no webcam fits."""
    with pytest.raises(CameraAbsentError) as error:
        candidates(nodes, device, earlier)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_auto_tries_every_webcam_and_usb_first() -> None:
    assert candidates((SCALER, *ALL[:-1]), AUTO) == (LAPTOP, STAND, SCALER)


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        (2, STAND),
        ("2", STAND),
        ("/dev/video2", STAND),
        ("c920", STAND),
        ("LAPTOP", LAPTOP),
        ("Laptop Camera", LAPTOP),
    ],
)
def test_a_webcam_is_chosen_by_number_path_or_part_of_its_name(device, expected) -> None:
    assert candidates(ALL, device) == (expected,)


def test_a_webcam_is_chosen_by_a_link_to_its_file(tmp_path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to("/dev/video2")

    assert candidates(ALL, str(link)) == (STAND,)


def test_the_whole_name_wins_over_a_part_of_another() -> None:
    short, long = node(0, "Webcam"), node(2, "Webcam Pro", f"{USB}/1-2")

    assert candidates((short, long), "webcam") == (short,)


def test_a_name_that_fits_two_webcams_is_refused_and_both_are_listed() -> None:
    twin = node(4, STAND.name, f"{USB}/1-3")
    line = refusal((*ALL, twin), "C920")

    assert "/dev/video2" in line and "/dev/video4" in line and "by-id" in line


def test_a_number_that_is_not_there_lists_those_that_are() -> None:
    line = refusal(ALL, 7)

    assert line.startswith("webcam:7: expected /dev/video7, found /dev/video0 (Laptop Camera), ")
    assert METADATA.path.name not in line.replace(SCALER.path.name, "")


def test_a_number_of_metadata_names_the_node_with_pictures() -> None:
    assert "use /dev/video0" in refusal(ALL, 1)


def test_a_node_without_pictures_and_siblings_is_refused() -> None:
    assert "correct [camera] device" in refusal([METADATA], 1)


def test_a_path_that_is_no_webcam_is_told_apart_from_one_that_is_not_there(tmp_path) -> None:
    file = tmp_path / "print.jpg"
    file.touch()

    assert "found something else" in refusal(ALL, str(file))
    assert "expected this file, found /dev/video0" in refusal(ALL, "/dev/v4l/by-id/usb-gone")


def test_a_name_that_no_webcam_has_lists_those_that_are_there() -> None:
    assert "found /dev/video0 (Laptop Camera)" in refusal(ALL, "Brio")


def test_without_webcams_the_error_says_none() -> None:
    assert "found none; plug the webcam in" in refusal([], AUTO)
    assert "found none" in refusal([METADATA], 3)


def renumbered(original: VideoNode, number: int, port: str) -> VideoNode:
    """Return a webcam after it was plugged in elsewhere."""
    return node(number, original.name, port, serial=original.serial)


@pytest.mark.parametrize("device", [AUTO, 2, "/dev/video2", "C920"])
@pytest.mark.parametrize("port", [STAND.port, f"{USB}/1-7"])
def test_a_webcam_is_found_again_under_another_number_and_in_another_port(device, port) -> None:
    earlier = WebcamChoice.of(STAND, ALL)
    back = renumbered(STAND, 5, port)

    assert candidates((LAPTOP, METADATA, back), device, earlier) == (back,)


@pytest.mark.parametrize("device", [AUTO, "a"])
def test_a_webcam_that_was_there_before_never_replaces_the_lost_one(device) -> None:
    """It may look at another place, such as a laptop's own at its user."""
    earlier = WebcamChoice.of(STAND, ALL)

    assert "expected HD Pro Webcam C920 again, found /dev/video0" in refusal(
        (LAPTOP, METADATA), device, earlier
    )


def test_another_of_the_same_model_that_was_there_before_does_not_replace_it() -> None:
    twin = node(4, STAND.name, f"{USB}/1-3", serial=STAND.serial)
    earlier = WebcamChoice.of(STAND, (*ALL, twin))

    refusal((LAPTOP, twin), AUTO, earlier)


def test_a_new_webcam_replaces_the_lost_one() -> None:
    earlier = WebcamChoice.of(STAND, ALL)
    new = node(2, "Brio", STAND.port)

    assert candidates((LAPTOP, METADATA, new), AUTO, earlier) == (new,)
    assert candidates((LAPTOP, METADATA, new), 2, earlier) == (new,)
    refusal((LAPTOP, METADATA, new), "C920", earlier)


def test_the_same_port_wins_over_a_new_webcam() -> None:
    earlier = WebcamChoice.of(STAND, ALL)
    new = node(1, "Brio", f"{USB}/1-9")

    assert candidates((new, STAND), AUTO, earlier) == (STAND,)


def test_a_choice_survives_as_text() -> None:
    choice = WebcamChoice.of(STAND, ALL)

    assert WebcamChoice.from_text(choice.to_text()) == choice
    assert WebcamChoice.from_text("") is None


def test_numbers_are_read_from_digits_alone() -> None:
    assert [number_of(each) for each in (3, "3", "three", "³", "/dev/video3")] == [
        3,
        3,
        None,
        None,
        None,
    ]
