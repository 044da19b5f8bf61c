"""The queue before the interpreter: one at a time, the stand first, nobody forgotten."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from device.errors import BusyError, ModelError
from device.imaging.frames import frame
from device.recognition.recogniser import Answer
from device.recognition.verdict import Verdict
from device.service.query import malloc_trim
from device.service.query.answer_queue import AnswerQueue, Priority, Query

LONG_S = 20.0


class Desk:
    """Answers with what it was asked, when the gate is open; notes the order and how many at a time."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)
        self.order: list[str] = []
        self.threads: set[int] = set()
        self.rounds = threading.Semaphore(0)

    def recognise(self, question: Query) -> Answer:
        """Note the frame's source; one called `fault` can't be answered."""
        asked = question.frame
        self.order.append(asked.source)
        self.threads.add(threading.get_ident())
        self.begun.release()
        self.gate.wait(LONG_S)
        if asked.source == "fault":
            raise ModelError("no answer")
        return Answer(
            bundle_id=asked.source,
            verdict=Verdict.NOT_IN_COLLECTION,
            matches=(),
            sheet=None,
            turn_deg=0,
            mirrored=False,
            hint=None,
            timings_ms={"count": question.count},
        )


@pytest.fixture
def desk() -> Desk:
    """What answers."""
    return Desk()


@pytest.fixture
def queue(desk: Desk) -> Iterator[AnswerQueue]:
    """A queue where two guests may wait."""
    made = AnswerQueue(desk.recognise, waiting=2, on_round=desk.rounds.release)
    yield made
    desk.gate.set()
    made.close()


def shown(source: str, count: int = 1) -> Query:
    """Give a question about a frame of this source."""
    return Query(frame=frame(np.zeros((1, 1, 3), np.uint8), source=source), count=count)


def test_the_stand_goes_before_guests_who_came_first(desk: Desk, queue: AnswerQueue) -> None:
    futures = [queue.ask(shown("guest 0"), priority=Priority.NORMAL)]
    assert desk.begun.acquire(timeout=LONG_S)
    for name in ("guest 1", "guest 2"):
        futures.append(queue.ask(shown(name), priority=Priority.NORMAL))
    for name in ("stand 1", "stand 2"):
        futures.append(queue.ask(shown(name), priority=Priority.STAND))

    desk.gate.set()
    answers = [future.result(LONG_S).bundle_id for future in futures]

    assert answers == ["guest 0", "guest 1", "guest 2", "stand 1", "stand 2"]
    assert desk.order == ["guest 0", "stand 1", "stand 2", "guest 1", "guest 2"]
    assert len(desk.threads) == 1


def test_too_many_guests_are_asked_to_come_back_and_the_stand_never_is(
    desk: Desk, queue: AnswerQueue
) -> None:
    queue.ask(shown("guest 0"), priority=Priority.NORMAL)
    assert desk.begun.acquire(timeout=LONG_S)
    for number in range(5):
        queue.ask(shown(f"stand {number}"), priority=Priority.STAND)
    waiting = [queue.ask(shown("guest"), priority=Priority.NORMAL) for _ in range(2)]

    with pytest.raises(BusyError, match="2 are waiting for an answer already"):
        queue.ask(shown("one too many"), priority=Priority.NORMAL)

    desk.gate.set()
    for future in waiting:
        future.result(LONG_S)
    queue.ask(shown("later"), priority=Priority.NORMAL).result(LONG_S)
    assert "one too many" not in desk.order


def test_a_fault_reaches_who_asked_and_the_next_is_answered(desk: Desk, queue: AnswerQueue) -> None:
    desk.gate.set()
    fault = queue.ask(shown("fault"), priority=Priority.NORMAL)
    after = queue.ask(shown("after", count=7), priority=Priority.NORMAL)

    with pytest.raises(ModelError, match="no answer"):
        fault.result(LONG_S)
    assert after.result(LONG_S).timings_ms == {"count": 7}


def test_memory_is_given_back_once_nobody_waits_any_more(
    desk: Desk, queue: AnswerQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[int] = []
    is_done = threading.Event()

    def trim() -> None:
        given_back.append(len(desk.order))
        is_done.set()

    monkeypatch.setattr(malloc_trim, "trim", trim)
    queue.ask(shown("first"), priority=Priority.STAND)
    assert desk.begun.acquire(timeout=LONG_S)
    for name in ("second", "third"):
        queue.ask(shown(name), priority=Priority.STAND)
    desk.gate.set()

    assert is_done.wait(LONG_S)
    assert given_back == [3]


def test_a_request_that_is_cancelled_takes_no_turn(desk: Desk, queue: AnswerQueue) -> None:
    queue.ask(shown("first"), priority=Priority.STAND)
    assert desk.begun.acquire(timeout=LONG_S)
    dropped = queue.ask(shown("dropped"), priority=Priority.STAND)
    last = queue.ask(shown("last"), priority=Priority.STAND)

    assert dropped.cancel()
    desk.gate.set()
    last.result(LONG_S)

    assert desk.order == ["first", "last"]


def test_closing_answers_what_is_queued_and_then_takes_nothing(
    desk: Desk, queue: AnswerQueue
) -> None:
    futures = [queue.ask(shown("guest"), priority=Priority.NORMAL)]
    assert desk.begun.acquire(timeout=LONG_S)
    futures += [queue.ask(shown("more"), priority=Priority.NORMAL) for _ in range(2)]
    closing = threading.Thread(target=queue.close)
    closing.start()
    desk.gate.set()
    closing.join(LONG_S)

    assert not closing.is_alive()
    assert all(future.result(0) for future in futures)
    with pytest.raises(BusyError, match="being stopped"):
        queue.ask(shown("late"), priority=Priority.STAND)
    queue.close()  # a second time does nothing


def test_the_loop_gives_signs_of_life_when_nobody_asks(desk: Desk, queue: AnswerQueue) -> None:
    for _ in range(3):
        assert desk.rounds.acquire(timeout=LONG_S)
