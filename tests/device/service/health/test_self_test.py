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
