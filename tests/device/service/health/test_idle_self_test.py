"""The idle self-test runs when there was no query for a while, and logs its failures."""

import threading

import pytest

from device.errors import BusyError
from device.service.health.idle_self_test import IdleSelfTest
from device.service.health.liveness import SEARCH, Liveness


def test_without_queries_the_self_test_runs() -> None:
    searched = threading.Semaphore(0)
    liveness = Liveness()

    def search() -> str:
        searched.release()
        return ""

    self_test = IdleSelfTest(search, liveness, idle_s=0.01)
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

    self_test = IdleSelfTest(search, liveness, idle_s=60.0)
    assert not searched.wait(0.2)
    self_test.close()


def test_a_full_queue_is_no_progress_and_does_not_end_the_self_test() -> None:
    tried = threading.Semaphore(0)
    liveness = Liveness()

    def search() -> str:
        tried.release()
        raise BusyError("too many are waiting")

    self_test = IdleSelfTest(search, liveness, idle_s=0.01)
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

    self_test = IdleSelfTest(search, Liveness(), idle_s=0.001)
    assert done.wait(20)
    self_test.close()

    assert [line.getMessage().split(": ")[1] for line in caplog.records] == ["one", "one", "two"]
