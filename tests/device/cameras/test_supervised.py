"""A camera in its own process: every fault is repaired, and nothing is left behind."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faulty_camera import make_faulty, set_fault

from device.cameras import ipc_messages
from device.cameras.shared_frames import FrameLocation
from device.cameras.supervised import SupervisedCamera
from device.config import CameraConfig
from device.errors import (
    CameraAbsentError,
    CameraBusyError,
    CameraLostError,
    CameraMissingError,
)

WAIT_S = 20.0


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[SupervisedCamera]:
    """Yield a camera that a file in `tmp_path` breaks."""
    source = SupervisedCamera(CameraConfig(replay=tmp_path, fps=50.0), make_faulty)
    yield source
    source.close()


def children_of(parent: int) -> set[int]:
    """Return the ids of a process's children, those that have not been reaped included."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            state_and_parent = each.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if int(state_and_parent[1]) == parent:
            found.add(int(each.parent.name))
    return found


def is_gone(process_id: int) -> bool:
    """Return whether a process has ended and its parent has waited for it."""
    return not Path(f"/proc/{process_id}").exists()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until a condition holds, with a time limit."""
    until_s = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < until_s
        time.sleep(0.01)


def read_until_lost(camera: SupervisedCamera) -> CameraLostError:
    """Read until the camera is lost; return the error."""
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s:
        try:
            camera.read(WAIT_S)
        except CameraLostError as error:
            return error
    pytest.fail("pictures went on coming")


def test_the_camera_has_its_own_process_which_ends_when_it_is_closed(camera) -> None:
    before = children_of(os.getpid())
    camera.open()
    camera.read(WAIT_S)
    (process_id,) = children_of(os.getpid()) - before

    camera.close()
    assert is_gone(process_id)


@pytest.mark.slow
def test_opening_many_times_leaves_no_descriptor_open(camera) -> None:
    camera.open()
    camera.close()
    before = list(Path("/proc/self/fd").iterdir())
    for _ in range(3):
        camera.open()
        camera.read(WAIT_S)
        camera.close()

    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)
    assert camera.restarted == 3


def test_a_cable_that_is_loose_for_a_moment_causes_no_error(camera, tmp_path) -> None:
    """Its own process reopens it, so the reader only waits a little longer."""
    camera.open()
    first = camera.read(WAIT_S)
    set_fault(tmp_path, "flicker")

    wait_until(lambda: camera.read(WAIT_S).number > 0 and camera.reopened >= 1)
    assert camera.read(WAIT_S).number > first.number
    assert camera.restarted == 0


def test_a_camera_that_keeps_failing_is_given_up_by_its_process(camera, tmp_path) -> None:
    camera.open()
    camera.read(WAIT_S)
    set_fault(tmp_path, "wrong size")

    assert "pictures of one size" in str(read_until_lost(camera))
    assert camera.reopened == 2


@pytest.mark.slow
def test_an_absent_and_a_busy_camera_are_distinguished_from_one_that_fails_to_open(
    camera, tmp_path
) -> None:
    set_fault(tmp_path, "absent")
    with pytest.raises(CameraAbsentError, match="plug it in"):
        camera.open()
    set_fault(tmp_path, "busy")
    with pytest.raises(CameraBusyError, match="used by another program"):
        camera.open()
    set_fault(tmp_path, "lost")
    with pytest.raises(CameraMissingError, match="bus dead") as found:
        camera.open()

    assert not isinstance(found.value, (CameraAbsentError, CameraBusyError))


@pytest.mark.slow
def test_the_next_process_is_told_which_camera_was_chosen(camera) -> None:
    for _ in range(2):
        camera.open()
        camera.close()

    assert camera.chosen == "||"


@pytest.mark.slow
def test_after_every_fault_the_same_camera_reopens_and_its_numbers_continue(
    camera, tmp_path
) -> None:
    camera.open()
    number = camera.read(WAIT_S).number
    for fault in ("killed", "exception", "torn"):
        set_fault(tmp_path, fault)
        assert "process" in str(read_until_lost(camera))
        camera.close()
        set_fault(tmp_path, "")
        camera.open()
        latest = camera.read(WAIT_S).number
        assert latest > number
        number = latest


@pytest.mark.slow
def test_a_waiting_reader_is_notified_when_the_camera_is_closed(camera, tmp_path) -> None:
    camera.open()
    camera.read(WAIT_S)
    set_fault(tmp_path, "stopped")

    begun_s = time.monotonic()
    assert "expected a frame within" in str(read_until_lost(camera))
    assert time.monotonic() - begun_s < WAIT_S


@pytest.mark.slow
def test_its_process_ends_when_the_kiosk_is_killed(tmp_path) -> None:
    """The next service can open the camera."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from faulty_camera import make_faulty\n"
        "from device.cameras.supervised import SupervisedCamera\n"
        "from device.config import CameraConfig\n"
        "camera = SupervisedCamera(CameraConfig(replay=Path(sys.argv[1])), make_faulty)\n"
        "camera.open(); camera.read(20.0); print(flush=True); time.sleep(60)\n"
    )
    paths = os.pathsep.join(each for each in sys.path if each)
    kiosk = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
    )
    assert kiosk.stdout is not None
    kiosk.stdout.readline()
    (process_id,) = children_of(kiosk.pid)
    assert not is_gone(process_id)

    kiosk.kill()
    kiosk.communicate()

    wait_until(lambda: is_gone(process_id) or _is_zombie(process_id))


def _is_zombie(process_id: int) -> bool:
    """Return whether a process has ended and its parent hasn't waited for it."""
    try:
        return ") Z " in Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return True


@pytest.mark.parametrize(
    "said",
    [b"{}", b'{"is": "FrameLocation"}', b"\xff\xfe", b"[1]", b'{"is": "os.system"}', b'{"is": []}'],
)
def test_an_invalid_message_is_a_lost_camera(said) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        theirs.send(said)
        with pytest.raises(CameraLostError, match="expected a message, found"):
            ipc_messages.receive(ours, 1.0)


def test_a_slow_receiver_does_not_block_the_camera() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    location = FrameLocation(sequence=1, height=4, width=4, captured_at_s=0.0)
    with ours, theirs:
        for _ in range(10_000):
            ipc_messages.send(theirs, location)

        assert ipc_messages.receive(ours, 1.0) == location
