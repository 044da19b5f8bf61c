"""One contract, held by the stand-in's webcams and by a real kernel's.

What only the stand-in can show comes after it.
"""

import errno
from itertools import pairwise

import pytest

from device.errors import CameraAbsentError, CameraBusyError, CameraMissingError


def capturing(video):
    """Return the nodes that give pictures; there is at least one."""
    nodes = [node for node in video.devices.nodes() if node.is_capture]
    assert nodes
    return nodes


def test_nodes_are_listed_by_number_with_their_names(video) -> None:
    nodes = video.devices.nodes()

    assert all(node.path.exists() and node.name and node.port for node in nodes)
    assert all(node.path.name == f"video{node.number}" for node in nodes)
    assert all(early.number < late.number for early, late in pairwise(nodes))


def test_a_node_that_captures_offers_formats_and_sizes(video) -> None:
    for node in capturing(video):
        formats = video.devices.formats(node)
        assert formats
        for offered in formats:
            assert 1 <= len(offered.code.removesuffix("-BE")) <= 4 and offered.code.isascii()
            assert all(width > 0 and height > 0 for width, height in offered.sizes)


def test_a_free_webcam_may_be_opened_again_and_again(video) -> None:
    for _ in range(3):
        video.devices.check_free(capturing(video)[0])


def test_a_webcam_in_use_is_busy_by_the_name_of_its_program_and_free_afterwards(video) -> None:
    node = capturing(video)[0]
    with video.in_use(node.path), pytest.raises(CameraBusyError, match="python") as found:
        video.devices.check_free(node)

    assert "\n" not in str(found.value)
    assert node.name in str(found.value)
    video.devices.check_free(node)


def test_a_webcam_in_use_is_listed_with_its_formats(video) -> None:
    node, *_ = capturing(video)
    with video.in_use(node.path):
        assert node in video.devices.nodes()
        assert video.devices.formats(node)


def test_the_snapshot_stays_while_nothing_is_plugged_in_or_out(video) -> None:
    assert video.devices.snapshot()
    assert video.devices.snapshot() == video.devices.snapshot()


def test_the_lasting_path_leads_to_the_webcam(video) -> None:
    for node in capturing(video):
        assert video.devices.lasting_path(node).resolve() == node.path.resolve()


def test_metadata_is_no_picture(machine) -> None:
    machine.plug_in(0)

    assert [node.is_capture for node in machine.devices.nodes()] == [True, False]


def test_a_node_that_needs_a_media_controller_gives_no_picture(machine) -> None:
    machine.plug_in(0, has_metadata=False)
    machine.nodes[0].capabilities = 0x2420_0001

    assert not machine.devices.nodes()[0].is_capture


def test_serial_number_and_port_are_read(machine) -> None:
    machine.plug_in(0, serial="ABC1", port="1-4", has_metadata=False)
    (node,) = machine.devices.nodes()

    assert (node.serial, node.index, node.is_usb) == ("ABC1", 0, True)
    assert node.port.endswith("1-4:1.0")
    assert machine.devices.lasting_path(node).name == "usb-HD_Webcam_ABC1-video-index0"


def test_a_name_that_would_break_a_line_or_a_terminal_is_cleaned(machine) -> None:
    machine.plug_in(0, "Bad\x1b[31m\n  Webcam", has_metadata=False)

    assert machine.devices.nodes()[0].name == "Bad[31m Webcam"


def test_formats_are_listed_in_the_drivers_order_and_a_range_by_its_largest(machine) -> None:
    machine.plug_in(0, has_metadata=False)
    machine.nodes[0].formats = {"YUYV": ((800, 600), (640, 480)), "NV12": ((4096, 2160),)}
    (node,) = machine.devices.nodes()

    first, second = machine.devices.formats(node)
    assert (first.code, first.sizes) == ("YUYV", ((800, 600), (640, 480)))
    assert (second.code, second.sizes) == ("NV12", ((4096, 2160),))
    assert second.description == "format NV12"


def test_a_webcam_that_is_plugged_in_again_under_its_old_number_changes_the_snapshot(
    machine,
) -> None:
    machine.plug_in(0)
    before = machine.devices.snapshot()
    machine.unplug(0)
    without = machine.devices.snapshot()
    machine.plug_in(0)

    assert len({before, without, machine.devices.snapshot()}) == 3


def test_a_machine_without_video_devices_lists_none(machine) -> None:
    assert machine.devices.nodes() == ()
    machine.sysfs.rmdir()
    assert machine.devices.nodes() == ()
    assert machine.devices.snapshot() == frozenset()


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.EBUSY, CameraBusyError, "used by another program; end it"),
        (errno.ENODEV, CameraAbsentError, "plug the webcam in"),
        (errno.EACCES, CameraMissingError, "usermod -aG video"),
        (errno.ENOSPC, CameraMissingError, "No space left"),
    ],
)
def test_each_refusal_of_a_driver_is_told_apart(machine, number, kind, words) -> None:
    machine.plug_in(0)
    node = machine.devices.nodes()[0]
    machine.nodes[0].refusal = number
    with pytest.raises(CameraMissingError, match=words) as found:
        machine.devices.check_free(node)

    assert type(found.value) is kind
    assert str(found.value).startswith("webcam:0 (HD Webcam): ")


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTTY])
def test_a_driver_without_mapped_memory_is_left_to_opencv(machine, number) -> None:
    machine.plug_in(0)
    machine.nodes[0].refusal = number

    machine.devices.check_free(machine.devices.nodes()[0])


def test_a_webcam_unplugged_since_it_was_listed_is_absent(machine) -> None:
    machine.plug_in(0)
    node = machine.devices.nodes()[0]
    machine.unplug(0)
    with pytest.raises(CameraAbsentError, match="plug the webcam in"):
        machine.devices.formats(node)

    assert machine.devices.rows(node) is None


@pytest.mark.parametrize("refusal", [errno.EBUSY, errno.EACCES])
def test_a_webcam_that_answers_nothing_counts_by_the_order_of_its_nodes(machine, refusal) -> None:
    """The first of its nodes gives the pictures, and opening it says what is wrong."""
    machine.plug_in(0)
    for node in machine.nodes.values():
        node.refusal = refusal

    assert [node.is_capture for node in machine.devices.nodes()] == [True, False]


@pytest.mark.parametrize(
    ("code", "row_bytes", "stride"), [("YUYV", 1344, 672), ("NV12", 672, 672), ("YUYV", 1280, 640)]
)
def test_rows_are_described_with_their_padding(machine, code, row_bytes, stride) -> None:
    machine.plug_in(0)
    machine.nodes[0].in_use = (code, 640, row_bytes)
    rows = machine.devices.rows(machine.devices.nodes()[0])

    assert (rows.code, rows.width, rows.stride) == (code, 640, stride)
    assert rows.is_padded == (stride > 640)
    assert rows.is_packed == (code == "YUYV")


def test_rows_of_compressed_pictures_are_none(machine) -> None:
    machine.plug_in(0)

    assert machine.devices.rows(machine.devices.nodes()[0]) is None
