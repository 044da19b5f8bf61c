"""Webcams to list: the stand-in's, and this machine's own where its kernel has some."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_v4l2 import FakeV4l2

from device.cameras.v4l2 import VideoDevices

_HOLD = "import sys; file = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
_HOLD_WITH_OPENCV = (
    "import sys, cv2; video = cv2.VideoCapture(sys.argv[1], cv2.CAP_V4L2)\n"
    "print(video.grab(), flush=True); sys.stdin.read()"
)


@dataclass(frozen=True)
class VideoRig:
    """A machine with webcams.

    Attributes:
        devices: Lists them.
        in_use: Lets another program take pictures with a webcam during a `with` block.
    """

    devices: VideoDevices
    in_use: Callable[[Path], AbstractContextManager[None]]


@contextlib.contextmanager
def held(path: Path, script: str) -> Iterator[None]:
    """Let another program hold a device file during a `with` block."""
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        yield


def _fake(tmp_path: Path) -> VideoRig:
    machine = FakeV4l2(tmp_path)
    machine.plug_in(2, "HD Pro Webcam C920", serial="ABC1", port="1-2")
    machine.plug_in(0, "Laptop Camera", port="1-1")
    machine.plug_in(10, "scaler", port="isp.0", is_usb=False, has_metadata=False)

    @contextlib.contextmanager
    def in_use(path: Path) -> Iterator[None]:
        number = int(path.name.removeprefix("video"))
        with held(path, _HOLD):
            machine.set_busy(number, True)
            yield
        machine.set_busy(number, False)

    return VideoRig(devices=machine.devices, in_use=in_use)


def _real(tmp_path: Path) -> VideoRig:
    devices = VideoDevices()
    if not any(node.is_capture for node in devices.nodes()):
        pytest.skip("no webcam: /sys/class/video4linux has no node that captures")
    return VideoRig(devices=devices, in_use=lambda path: held(path, _HOLD_WITH_OPENCV))


@pytest.fixture(params=[_fake, _real], ids=["stand-in", "this machine's"])
def video(request: pytest.FixtureRequest, tmp_path: Path) -> VideoRig:
    """Return every machine with webcams in turn."""
    return request.param(tmp_path)  # type: ignore[no-any-return]


@pytest.fixture
def machine(tmp_path: Path) -> FakeV4l2:
    """Return a machine without webcams, into which a test plugs some."""
    return FakeV4l2(tmp_path)
