"""After a few wrong PINs each further one doubles the wait; the right PIN resets it."""

import threading
from pathlib import Path

import pytest
from fake_time import FakeTime

from device.errors import BusyError, PinLockedError, PinMissingError, PinWrongError
from device.staff import pin, pin_lockout
from device.staff.pin_lockout import FIRST_WAIT_S, FREE_TRIES, LONGEST_WAIT_S, PinLockout

GOOD = "471902"


@pytest.fixture
def time() -> FakeTime:
    """A clock that the test advances."""
    return FakeTime()


@pytest.fixture
def lockout(tmp_path: Path, time: FakeTime, monkeypatch: pytest.MonkeyPatch) -> PinLockout:
    """A lockout with a PIN, hashed at low cost."""
    monkeypatch.setattr(pin, "_COST", {"n": 2, "r": 1, "p": 1})
    pin.write(tmp_path, GOOD)
    return PinLockout(tmp_path, time.clock)


def fail(lockout: PinLockout, times: int) -> None:
    """Try a wrong PIN this many times."""
    for _ in range(times):
        with pytest.raises(PinWrongError):
            lockout.try_pin("000000")


def test_the_right_pin_is_accepted_without_a_wait(lockout: PinLockout) -> None:
    assert lockout.has_pin
    assert lockout.wait_s == 0
    lockout.try_pin(GOOD)


def test_during_a_wait_not_even_the_right_pin_is_checked(
    lockout: PinLockout, time: FakeTime
) -> None:
    fail(lockout, FREE_TRIES)

    with pytest.raises(PinLockedError) as caught:
        lockout.try_pin(GOOD)
    assert caught.value.wait_s == FIRST_WAIT_S
    time.sleep(FIRST_WAIT_S - 0.001)
    with pytest.raises(PinLockedError):
        lockout.try_pin(GOOD)
    time.sleep(0.001)
    lockout.try_pin(GOOD)


def test_each_further_wrong_pin_doubles_the_wait_up_to_a_quarter_of_an_hour(
    lockout: PinLockout, time: FakeTime
) -> None:
    fail(lockout, FREE_TRIES)
    waits = []
    for _ in range(8):
        waits.append(lockout.wait_s)
        time.sleep(lockout.wait_s)
        fail(lockout, 1)

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    for _ in range(2000):  # no overflow after any number of wrong PINs
        time.sleep(lockout.wait_s)
        fail(lockout, 1)
    assert lockout.wait_s == LONGEST_WAIT_S


def test_a_pin_tried_during_a_wait_does_not_lengthen_it(lockout: PinLockout) -> None:
    fail(lockout, FREE_TRIES)
    for _ in range(50):
        with pytest.raises(PinLockedError):
            lockout.try_pin("000000")

    assert lockout.wait_s == FIRST_WAIT_S


def test_the_right_pin_resets_the_free_tries(lockout: PinLockout) -> None:
    fail(lockout, FREE_TRIES - 1)
    lockout.try_pin(GOOD)
    fail(lockout, FREE_TRIES - 1)
    lockout.try_pin(GOOD)


def test_guessing_a_million_pins_takes_years(lockout: PinLockout, time: FakeTime) -> None:
    day_s, tries = 86_400, 0
    start_s = time.now_s
    while time.now_s - start_s < day_s:
        time.sleep(lockout.wait_s)
        fail(lockout, 1)
        tries += 1

    assert 1_000_000 / 2 / tries / 365 > 10


def test_without_a_stored_pin_every_pin_is_refused(tmp_path: Path) -> None:
    lockout = PinLockout(tmp_path)

    assert not lockout.has_pin
    for tried in ("", "000000", GOOD):
        with pytest.raises(PinMissingError):
            lockout.try_pin(tried)


def test_a_new_pin_is_valid_without_a_restart(lockout: PinLockout, tmp_path: Path) -> None:
    pin.write(tmp_path, "820517")

    with pytest.raises(PinWrongError):
        lockout.try_pin(GOOD)
    lockout.try_pin("820517")


def test_a_very_long_pin_is_cut_before_it_is_checked(lockout: PinLockout) -> None:
    with pytest.raises(PinWrongError):
        lockout.try_pin(GOOD + "0" * 10_000_000)


def test_a_second_pin_during_a_check_is_refused(
    lockout: PinLockout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each check takes memory and a server thread; many at once must not starve the visitors."""
    started, resume = threading.Event(), threading.Event()
    read = pin.read

    def slow(folder: Path) -> pin.StoredPin:
        started.set()
        resume.wait(10)
        return read(folder)

    monkeypatch.setattr(pin_lockout.pin, "read", slow)
    first = threading.Thread(target=lockout.try_pin, args=(GOOD,))
    first.start()
    started.wait(10)
    with pytest.raises(BusyError):
        lockout.try_pin(GOOD)
    resume.set()
    first.join()
