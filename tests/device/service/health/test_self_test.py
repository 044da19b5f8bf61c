"""The self-test: a query for a print of the bundle's own, when there is no other query."""

import threading
from pathlib import Path

import pytest

from device.bundle.notices import Notices
from device.errors import BusyError
from device.recognition.recogniser import Answer
from device.service.collection.open_collection import OpenCollection
from device.service.health.liveness import SEARCH, Liveness
from device.service.health.self_test import SelfTest, failure
from device.service.query.answer_queue import AnswerQueue, Query


def test_without_queries_the_self_test_runs() -> None:
    searched = threading.Semaphore(0)
    liveness = Liveness()

    def search() -> str:
        searched.release()
        return ""

    self_test = SelfTest(search, liveness, idle_s=0.01)
    assert searched.acquire(timeout=20) and searched.acquire(timeout=20)
    self_test.close()

    assert liveness.age_s(SEARCH) < 20


def test_after_a_query_the_self_test_does_not_run() -> None:
    liveness = Liveness()
    liveness.prove(SEARCH)
    searched = threading.Event()

    def search() -> str:
        searched.set()
        return ""

    self_test = SelfTest(search, liveness, idle_s=60.0)
    assert not searched.wait(0.2)
    self_test.close()


def test_a_full_queue_is_no_progress_and_does_not_end_the_self_test() -> None:
    tried = threading.Semaphore(0)
    liveness = Liveness()

    def search() -> str:
        tried.release()
        raise BusyError("too many are waiting")

    self_test = SelfTest(search, liveness, idle_s=0.01)
    assert tried.acquire(timeout=20) and tried.acquire(timeout=20)
    self_test.close()

    assert liveness.age_s(SEARCH) == float("inf")


def test_a_lasting_failure_is_logged_once_and_another_one_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reasons = iter(("one", "one", "", "one", "two"))
    done = threading.Event()

    def search() -> str:
        why = next(reasons, None)
        if why is None:
            done.set()
        return why or ""

    self_test = SelfTest(search, Liveness(), idle_s=0.001)
    assert done.wait(20)
    self_test.close()

    assert [line.getMessage().split(": ")[1] for line in caplog.records] == ["one", "one", "two"]


def test_an_unexpected_error_is_a_failure_and_does_not_end_the_self_test(
    small_bundle: Path,
) -> None:
    def recognise(query: Query) -> Answer:
        raise TypeError(f"unexpected error for {query.frame.source}")

    opened = OpenCollection(threads=1)
    queue = AnswerQueue(recognise, waiting=1, on_round=lambda: None)
    assert failure(opened, queue) == "there is no bundle yet"
    opened.change(small_bundle, Notices())

    assert failure(opened, queue) == "unexpected error for probe"
    queue.close()
    opened.close()


@pytest.mark.slow
def test_a_valid_bundle_finds_its_own_print(small_bundle: Path) -> None:
    opened = OpenCollection(threads=1)
    opened.change(small_bundle, Notices())
    queue = AnswerQueue(opened.recognise, waiting=1, on_round=lambda: None)

    assert failure(opened, queue) == ""
    queue.close()
    opened.close()
