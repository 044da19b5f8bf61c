"""Pauses rise after each failure, and end early when a camera is plugged in."""

import pytest
from fake_time import FakeTime

from device.errors import CameraAbsentError, CameraBusyError, CameraLostError
from device.service.capture.retry_pauses import BUSY_S, LOOK_S, PAUSES_S, RetryPauses

LOST, ABSENT, BUSY = CameraLostError("lost"), CameraAbsentError("none"), CameraBusyError("in use")


class Room:
    """A room in which time passes while the loop waits, and a camera may be plugged in."""

    def __init__(self) -> None:
        self.time = FakeTime()
        self.plugged_in_s = float("inf")
        self.stopped_s = float("inf")

    def snapshot(self) -> bool:
        return self.time.clock() >= self.plugged_in_s

    def wait(self, timeout: float) -> bool:
        """Wait as `threading.Event.wait` does."""
        self.time.sleep(min(timeout, max(self.stopped_s - self.time.clock(), 0)))
        return self.time.clock() >= self.stopped_s

    def waited_s(self, pauses: RetryPauses, error: Exception) -> float:
        """Return how long a failure is waited for."""
        start_s = self.time.clock()
        pauses.note_attempt()
        pauses.wait(error, self)
        return self.time.clock() - start_s


@pytest.fixture
def room() -> Room:
    """Return a room without a camera."""
    return Room()


def test_pauses_rise_stay_at_the_last_and_start_again_after_frames(room) -> None:
    pauses = RetryPauses(PAUSES_S, room.snapshot)

    assert [room.waited_s(pauses, LOST) for _ in range(7)] == [1, 2, 4, 8, 10, 10, 10]
    pauses.note_success()
    assert room.waited_s(pauses, LOST) == 1


def test_a_camera_that_is_plugged_in_ends_the_pause_and_the_pauses_start_again(room) -> None:
    pauses = RetryPauses(PAUSES_S, room.snapshot)
    for _ in range(5):
        room.waited_s(pauses, ABSENT)
    room.plugged_in_s = room.time.clock() + 3.2

    assert 3.2 <= room.waited_s(pauses, ABSENT) <= 3.2 + LOOK_S
    assert room.waited_s(pauses, ABSENT) == 1  # such as while udev still sets its rights


def test_a_camera_that_was_plugged_in_during_the_attempt_is_noticed(room) -> None:
    pauses = RetryPauses(PAUSES_S, room.snapshot)
    pauses.note_attempt()
    room.plugged_in_s = room.time.clock()
    start_s = room.time.clock()
    pauses.wait(ABSENT, room)

    assert room.time.clock() - start_s <= LOOK_S


def test_while_another_program_uses_the_camera_the_pauses_stay_short(room) -> None:
    pauses = RetryPauses(PAUSES_S, room.snapshot)

    assert [room.waited_s(pauses, BUSY) for _ in range(6)] == [1, 2, BUSY_S, BUSY_S, BUSY_S, BUSY_S]


def test_a_stop_ends_the_wait(room) -> None:
    pauses = RetryPauses((10.0,), room.snapshot)
    room.stopped_s = room.time.clock() + 0.7

    assert room.waited_s(pauses, LOST) == pytest.approx(0.7)


def test_pauses_and_looks_bring_a_webcam_back_within_five_seconds() -> None:
    """The rest of the time is for a process to start, and for the webcam's first frame."""
    assert LOOK_S + PAUSES_S[0] <= 1.5
    assert BUSY_S <= 3
