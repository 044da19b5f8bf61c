"""Signs of life are given only for work that was done: a thread that hangs isn't covered up by another."""

import threading
from pathlib import Path

import pytest
from fake_time import FakeTime

from device.bundle.notices import Notices
from device.errors import BusyError
from device.recognition.recogniser import Answer
from device.sd_notify import Notifier
from device.service.collection.open_collection import OpenCollection
from device.service.health.liveness import ANSWERS, ANSWERS_S, SEARCH, STAND, Liveness
from device.service.health.self_test import SelfTest, failure
from device.service.health.watchdog import WatchdogPinger
from device.service.query.answer_queue import AnswerQueue, Query


def test_what_proves_nothing_for_too_long_is_late_and_the_others_are_not() -> None:
    time = FakeTime()
    progress = Liveness(time.clock)
    progress.expect(STAND, 10.0)
    progress.expect(SEARCH, 30.0)
    time.sleep(10.0)
    assert progress.overdue() == ()

    time.sleep(1.0)
    assert progress.overdue() == (STAND,)
    progress.prove(STAND)
    assert progress.overdue() == ()
    time.sleep(25.0)
    assert progress.overdue() == (STAND, SEARCH)


def test_what_nobody_expects_is_never_late() -> None:
    progress = Liveness()
    progress.prove(SEARCH)

    assert progress.overdue() == ()


def test_when_nobody_asks_the_kiosk_asks_itself() -> None:
    searched = threading.Semaphore(0)
    progress = Liveness()

    def search() -> str:
        searched.release()
        return ""

    asking = SelfTest(search, progress, idle_s=0.01)
    assert searched.acquire(timeout=20) and searched.acquire(timeout=20)
    asking.close()

    assert progress.age_s(SEARCH) < 20


def test_a_kiosk_that_is_asked_does_not_ask_itself() -> None:
    progress = Liveness()
    progress.prove(SEARCH)
    searched = threading.Event()

    def search() -> str:
        searched.set()
        return ""

    asking = SelfTest(search, progress, idle_s=60.0)
    assert not searched.wait(0.2)
    asking.close()


def test_a_queue_that_is_full_is_no_proof_and_no_end() -> None:
    tried = threading.Semaphore(0)
    progress = Liveness()

    def search() -> str:
        tried.release()
        raise BusyError("others ask")

    asking = SelfTest(search, progress, idle_s=0.01)
    assert tried.acquire(timeout=20) and tried.acquire(timeout=20)
    asking.close()

    assert progress.age_s(SEARCH) == float("inf")


def test_a_fault_that_lasts_is_said_once_and_again_when_it_is_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    said = iter(("one", "one", "", "one", "two"))
    done = threading.Event()

    def search() -> str:
        why = next(said, None)
        if why is None:
            done.set()
        return why or ""

    asking = SelfTest(search, Liveness(), idle_s=0.001)
    assert done.wait(20)
    asking.close()

    assert [line.getMessage().split(": ")[1] for line in caplog.records] == ["one", "one", "two"]


def test_a_model_that_fails_in_a_way_nobody_foresaw_is_a_fault_not_the_end_of_the_asking(
    small_bundle: Path,
) -> None:
    def recognise(question: Query) -> Answer:
        raise TypeError(f"not foreseen for {question.frame.source}")

    shown = OpenCollection(threads=1)
    queue = AnswerQueue(recognise, waiting=1, on_round=lambda: None)
    assert failure(shown, queue) == "there is no bundle yet"
    shown.change(small_bundle, Notices())

    assert failure(shown, queue) == "not foreseen for probe"
    queue.close()
    shown.close()


def test_a_whole_bundle_finds_its_own_print(small_bundle: Path) -> None:
    shown = OpenCollection(threads=1)
    shown.change(small_bundle, Notices())
    queue = AnswerQueue(shown.recognise, waiting=1, on_round=lambda: None)

    assert failure(shown, queue) == ""
    queue.close()
    shown.close()


class Line(Notifier):
    """A line to systemd that counts its signs of life, and wants one every hundredth of a second."""

    def __init__(self) -> None:
        super().__init__(None, watchdog_period_s=0.02)
        self.signs = threading.Semaphore(0)

    def watchdog(self) -> None:
        """Count one."""
        self.signs.release()


def test_signs_are_given_while_an_answer_takes_long_and_no_more_when_it_takes_too_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time, line = FakeTime(), Line()
    progress = Liveness(time.clock)
    progress.expect(ANSWERS, ANSWERS_S)
    signs = WatchdogPinger(line, progress)
    time.sleep(ANSWERS_S)
    while line.signs.acquire(blocking=False):
        pass
    assert all(line.signs.acquire(timeout=20) for _ in range(3))

    time.sleep(1)
    while not caplog.records:
        line.signs.acquire(timeout=0.01)
    while line.signs.acquire(blocking=False):
        pass
    assert not line.signs.acquire(timeout=0.2)
    progress.prove(ANSWERS)
    assert line.signs.acquire(timeout=20)
    signs.close()

    assert [record.getMessage().rpartition(" ")[2] for record in caplog.records] == ["answers"]
