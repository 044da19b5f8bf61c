"""The door: a few tries, then waits that grow; the right PIN opens again, and nothing else does."""

import threading
from pathlib import Path

import pytest
from fake_time import FakeTime

from device.errors import BusyError, PinLockedError, PinMissingError, PinWrongError
from device.staff import pin
from device.staff import pin_lockout as doors
from device.staff.pin_lockout import FIRST_WAIT_S, FREE_TRIES, LONGEST_WAIT_S, PinLockout

GOOD = "471902"


@pytest.fixture
def time() -> FakeTime:
    """A clock that moves when a test says so."""
    return FakeTime()


@pytest.fixture
def door(tmp_path: Path, time: FakeTime, monkeypatch: pytest.MonkeyPatch) -> PinLockout:
    """A door with a PIN, kept cheaply."""
    monkeypatch.setattr(pin, "_COST", {"n": 2, "r": 1, "p": 1})
    pin.write(tmp_path, GOOD)
    return PinLockout(tmp_path, time.clock)


def fail(door: PinLockout, times: int) -> None:
    """Try a wrong PIN so often."""
    for _ in range(times):
        with pytest.raises(PinWrongError):
            door.enter("000000")


def test_the_right_pin_opens_at_once(door: PinLockout) -> None:
    assert door.has_pin
    assert door.wait_s == 0
    door.enter(GOOD)


def test_after_the_free_tries_not_even_the_right_pin_is_looked_at(
    door: PinLockout, time: FakeTime
) -> None:
    fail(door, FREE_TRIES)

    with pytest.raises(PinLockedError) as caught:
        door.enter(GOOD)
    assert caught.value.wait_s == FIRST_WAIT_S
    time.sleep(FIRST_WAIT_S - 0.001)
    with pytest.raises(PinLockedError):
        door.enter(GOOD)
    time.sleep(0.001)
    door.enter(GOOD)


def test_each_wrong_try_after_a_wait_doubles_it_up_to_a_quarter_of_an_hour(
    door: PinLockout, time: FakeTime
) -> None:
    fail(door, FREE_TRIES)
    waits = []
    for _ in range(8):
        waits.append(door.wait_s)
        time.sleep(door.wait_s)
        fail(door, 1)

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    for _ in range(2000):  # no overflow however long somebody goes on
        time.sleep(door.wait_s)
        fail(door, 1)
    assert door.wait_s == LONGEST_WAIT_S


def test_trying_while_locked_out_does_not_lengthen_the_wait(door: PinLockout) -> None:
    fail(door, FREE_TRIES)
    for _ in range(50):
        with pytest.raises(PinLockedError):
            door.enter("000000")

    assert door.wait_s == FIRST_WAIT_S


def test_the_right_pin_gives_all_tries_back(door: PinLockout) -> None:
    fail(door, FREE_TRIES - 1)
    door.enter(GOOD)
    fail(door, FREE_TRIES - 1)
    door.enter(GOOD)


def test_guessing_a_million_pins_takes_years(door: PinLockout, time: FakeTime) -> None:
    day_s, tries = 86_400, 0
    began_s = time.now_s
    while time.now_s - began_s < day_s:
        time.sleep(door.wait_s)
        fail(door, 1)
        tries += 1

    assert 1_000_000 / 2 / tries / 365 > 10


def test_without_a_pin_nobody_gets_in_whatever_they_type(tmp_path: Path) -> None:
    door = PinLockout(tmp_path)

    assert not door.has_pin
    for tried in ("", "000000", GOOD):
        with pytest.raises(PinMissingError):
            door.enter(tried)


def test_a_new_pin_holds_without_a_restart(door: PinLockout, tmp_path: Path) -> None:
    pin.write(tmp_path, "820517")

    fail_with_old = pytest.raises(PinWrongError)
    with fail_with_old:
        door.enter(GOOD)
    door.enter("820517")


def test_a_very_long_pin_costs_no_more(door: PinLockout) -> None:
    with pytest.raises(PinWrongError):
        door.enter(GOOD + "0" * 10_000_000)


def test_two_at_a_time_are_not_looked_at(door: PinLockout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try takes memory and a thread of the server's: a crowd of them must not take the visitors'."""
    began, go_on = threading.Event(), threading.Event()
    read = pin.read

    def slow(folder: Path) -> pin.KeptPin:
        began.set()
        go_on.wait(10)
        return read(folder)

    monkeypatch.setattr(doors.pin, "read", slow)
    first = threading.Thread(target=door.enter, args=(GOOD,))
    first.start()
    began.wait(10)
    with pytest.raises(BusyError):
        door.enter(GOOD)
    go_on.set()
    first.join()
