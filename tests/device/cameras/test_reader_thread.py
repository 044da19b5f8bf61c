"""Reading a camera that may hang in its own thread."""

import threading

import numpy as np
import pytest

from device.cameras.reader_thread import ReaderThread
from device.errors import CameraLostError, CameraMissingError

WAIT_S = 10.0
SOON_S = 0.05


class StepCapture:
    """A camera that returns a picture when the test allows it."""

    def __init__(self) -> None:
        self.pictures: list[int | None] = []
        self.step = threading.Semaphore(0)
        self.released = threading.Event()
        self.taken = threading.Semaphore(0)

    def take(self):
        self.taken.release()
        self.step.acquire()
        if not self.pictures:
            raise CameraLostError("stand-in: gone")
        value = self.pictures.pop(0)
        return None if value is None else np.full((2, 2, 3), value, np.uint8)

    def release(self) -> None:
        self.released.set()

    def supply(self, *values: int | None) -> None:
        """Supply these pictures, and wait until the thread asks for the next one."""
        for value in values:
            self.taken.acquire(timeout=WAIT_S)
            self.pictures.append(value)
            self.step.release()
        self.taken.acquire(timeout=WAIT_S)
        self.taken.release()


@pytest.fixture
def capture():
    capture = StepCapture()
    yield capture
    capture.step.release(1000)


@pytest.fixture
def reader(capture):
    reader = ReaderThread("stand-in:0", lambda: capture)
    reader.start(WAIT_S)
    return reader


def test_only_the_newest_picture_is_returned(reader, capture):
    capture.supply(1, 2, 3)

    assert reader.newest(WAIT_S)[0, 0, 0] == 3


def test_no_picture_is_returned_twice(reader, capture):
    capture.supply(1)
    reader.newest(WAIT_S)

    with pytest.raises(CameraLostError, match=r"within 0\.05 s"):
        reader.newest(SOON_S)


def test_skipped_pictures_are_not_returned(reader, capture):
    capture.supply(1, None)

    assert reader.newest(WAIT_S)[0, 0, 0] == 1


def test_a_lost_camera_is_released_and_its_error_is_kept(reader, capture):
    capture.step.release()  # with no picture left

    with pytest.raises(CameraLostError, match="stand-in: gone"):
        reader.newest(WAIT_S)
    assert capture.released.wait(WAIT_S)


def test_a_lost_camera_can_be_started_again(reader, capture):
    capture.step.release()
    with pytest.raises(CameraLostError):
        reader.newest(WAIT_S)
    assert capture.released.wait(WAIT_S)
    reader.stop()

    reader.start(WAIT_S)
    capture.taken.acquire(timeout=WAIT_S)  # the first thread's request
    capture.supply(7)

    assert reader.newest(WAIT_S)[0, 0, 0] == 7


def test_a_camera_that_does_not_open_in_time_is_missing_and_released_when_it_does():
    may_open = threading.Event()
    capture = StepCapture()

    def open_slowly():
        may_open.wait()
        return capture

    reader = ReaderThread("stand-in:0", open_slowly)

    with pytest.raises(CameraMissingError, match="open within"):
        reader.start(SOON_S)
    may_open.set()
    assert capture.released.wait(WAIT_S)


@pytest.mark.slow
def test_no_second_thread_is_started_while_a_read_hangs(capture):
    """A dead camera must not cost the kiosk one more thread a retry."""
    reader = ReaderThread("hanging:0", lambda: capture)
    reader.start(WAIT_S)
    capture.taken.acquire(timeout=WAIT_S)  # it hangs in take() from here on

    reader.stop()

    with pytest.raises(CameraMissingError, match="driver still busy"):
        reader.start(WAIT_S)
    assert [t.name for t in threading.enumerate()].count("camera hanging:0") == 1


def test_an_error_while_opening_is_raised_to_the_caller():
    def refuse():
        raise CameraMissingError("stand-in: nothing there")

    with pytest.raises(CameraMissingError, match="nothing there"):
        ReaderThread("stand-in:0", refuse).start(WAIT_S)


def test_an_unexpected_error_ends_the_wait_and_is_not_hidden(monkeypatch):
    """A bug must neither hang the kiosk nor look like a missing camera in the log."""
    reported: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_type))

    def break_down():
        raise ZeroDivisionError

    reader = ReaderThread("stand-in:0", break_down)
    with pytest.raises(CameraMissingError):
        reader.start(1000)
    reader.stop()  # waits for the thread

    assert reported == [ZeroDivisionError]
