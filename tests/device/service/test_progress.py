"""Signs of life are given only for work that was done: a thread that hangs isn't covered up by another."""

import threading

from fake_time import FakeTime

from device.errors import BusyError
from device.service.progress import SEARCH, STAND, Progress
from device.service.self_search import SelfSearch


def test_what_proves_nothing_for_too_long_is_late_and_the_others_are_not() -> None:
    time = FakeTime()
    progress = Progress(time.clock)
    progress.expect(STAND, 10.0)
    progress.expect(SEARCH, 30.0)
    time.sleep(10.0)
    assert progress.late() == ()

    time.sleep(1.0)
    assert progress.late() == (STAND,)
    progress.prove(STAND)
    assert progress.late() == ()
    time.sleep(25.0)
    assert progress.late() == (STAND, SEARCH)


def test_what_nobody_expects_is_never_late() -> None:
    progress = Progress()
    progress.prove(SEARCH)

    assert progress.late() == ()


def test_when_nobody_asks_the_kiosk_asks_itself() -> None:
    searched = threading.Semaphore(0)
    progress = Progress()

    def search() -> bool:
        searched.release()
        return True

    asking = SelfSearch(search, progress, idle_s=0.01)
    assert searched.acquire(timeout=20) and searched.acquire(timeout=20)
    asking.close()

    assert progress.age_s(SEARCH) < 20


def test_a_kiosk_that_is_asked_does_not_ask_itself() -> None:
    progress = Progress()
    progress.prove(SEARCH)
    searched = threading.Event()

    def search() -> bool:
        searched.set()
        return True

    asking = SelfSearch(search, progress, idle_s=60.0)
    assert not searched.wait(0.2)
    asking.close()


def test_a_queue_that_is_full_is_no_proof_and_no_end() -> None:
    tried = threading.Semaphore(0)
    progress = Progress()

    def search() -> bool:
        tried.release()
        raise BusyError("others ask")

    asking = SelfSearch(search, progress, idle_s=0.01)
    assert tried.acquire(timeout=20) and tried.acquire(timeout=20)
    asking.close()

    assert progress.age_s(SEARCH) == float("inf")
