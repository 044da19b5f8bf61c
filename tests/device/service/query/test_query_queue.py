"""The queue: one query at a time, the stand first, and each one answered."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from device.errors import BusyError, ModelError
from device.imaging.frames import frame
from device.recognition.recogniser import Answer
from device.recognition.verdict import Verdict
from device.service.query import malloc_trim
from device.service.query.query_queue import Priority, Query, QueryQueue

LONG_S = 20.0


class StandInRecogniser:
    """Answers each query with itself while the gate is open, and records their order."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.started = threading.Semaphore(0)
        self.order: list[str] = []
        self.threads: set[int] = set()
        self.rounds = threading.Semaphore(0)

    def recognise(self, query: Query) -> Answer:
        """Record the frame's source; raise for one called `fault`."""
        asked = query.frame
        self.order.append(asked.source)
        self.threads.add(threading.get_ident())
        self.started.release()
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
            timings_ms={"count": query.count},
        )


@pytest.fixture
def recogniser() -> StandInRecogniser:
    """The stand-in recogniser."""
    return StandInRecogniser()


@pytest.fixture
def queue(recogniser: StandInRecogniser) -> Iterator[QueryQueue]:
    """A queue where two uploads may wait."""
    made = QueryQueue(recogniser.recognise, waiting=2, on_round=recogniser.rounds.release)
    yield made
    recogniser.gate.set()
    made.close()


def query_of(source: str, count: int = 1) -> Query:
    """Return a query for a frame of a source."""
    return Query(frame=frame(np.zeros((1, 1, 3), np.uint8), source=source), count=count)


def test_the_stand_is_answered_before_earlier_uploads(
    recogniser: StandInRecogniser, queue: QueryQueue
) -> None:
    futures = [queue.ask(query_of("upload 0"), priority=Priority.NORMAL)]
    assert recogniser.started.acquire(timeout=LONG_S)
    for name in ("upload 1", "upload 2"):
        futures.append(queue.ask(query_of(name), priority=Priority.NORMAL))
    for name in ("stand 1", "stand 2"):
        futures.append(queue.ask(query_of(name), priority=Priority.STAND))

    recogniser.gate.set()
    answers = [future.result(LONG_S).bundle_id for future in futures]

    assert answers == ["upload 0", "upload 1", "upload 2", "stand 1", "stand 2"]
    assert recogniser.order == ["upload 0", "stand 1", "stand 2", "upload 1", "upload 2"]
    assert len(recogniser.threads) == 1


def test_too_many_uploads_are_refused_and_the_stand_never_is(
    recogniser: StandInRecogniser, queue: QueryQueue
) -> None:
    queue.ask(query_of("upload 0"), priority=Priority.NORMAL)
    assert recogniser.started.acquire(timeout=LONG_S)
    for number in range(5):
        queue.ask(query_of(f"stand {number}"), priority=Priority.STAND)
    waiting = [queue.ask(query_of("upload"), priority=Priority.NORMAL) for _ in range(2)]

    with pytest.raises(BusyError, match="2 are waiting for an answer already"):
        queue.ask(query_of("one too many"), priority=Priority.NORMAL)

    recogniser.gate.set()
    for future in waiting:
        future.result(LONG_S)
    queue.ask(query_of("later"), priority=Priority.NORMAL).result(LONG_S)
    assert "one too many" not in recogniser.order


def test_an_error_reaches_its_caller_and_the_next_query_is_answered(
    recogniser: StandInRecogniser, queue: QueryQueue
) -> None:
    recogniser.gate.set()
    fault = queue.ask(query_of("fault"), priority=Priority.NORMAL)
    after = queue.ask(query_of("after", count=7), priority=Priority.NORMAL)

    with pytest.raises(ModelError, match="no answer"):
        fault.result(LONG_S)
    assert after.result(LONG_S).timings_ms == {"count": 7}


def test_memory_is_trimmed_once_the_queue_is_empty(
    recogniser: StandInRecogniser, queue: QueryQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[int] = []
    is_done = threading.Event()

    def trim() -> None:
        given_back.append(len(recogniser.order))
        is_done.set()

    monkeypatch.setattr(malloc_trim, "trim", trim)
    queue.ask(query_of("first"), priority=Priority.STAND)
    assert recogniser.started.acquire(timeout=LONG_S)
    for name in ("second", "third"):
        queue.ask(query_of(name), priority=Priority.STAND)
    recogniser.gate.set()

    assert is_done.wait(LONG_S)
    assert given_back == [3]


def test_a_cancelled_query_takes_no_turn(recogniser: StandInRecogniser, queue: QueryQueue) -> None:
    queue.ask(query_of("first"), priority=Priority.STAND)
    assert recogniser.started.acquire(timeout=LONG_S)
    dropped = queue.ask(query_of("dropped"), priority=Priority.STAND)
    last = queue.ask(query_of("last"), priority=Priority.STAND)

    assert dropped.cancel()
    recogniser.gate.set()
    last.result(LONG_S)

    assert recogniser.order == ["first", "last"]


def test_closing_answers_the_queued_queries_and_refuses_new_ones(
    recogniser: StandInRecogniser, queue: QueryQueue
) -> None:
    futures = [queue.ask(query_of("upload"), priority=Priority.NORMAL)]
    assert recogniser.started.acquire(timeout=LONG_S)
    futures += [queue.ask(query_of("more"), priority=Priority.NORMAL) for _ in range(2)]
    closing = threading.Thread(target=queue.close)
    closing.start()
    recogniser.gate.set()
    closing.join(LONG_S)

    assert not closing.is_alive()
    assert all(future.result(0) for future in futures)
    with pytest.raises(BusyError, match="being stopped"):
        queue.ask(query_of("late"), priority=Priority.STAND)
    queue.close()  # a second time does nothing


@pytest.mark.slow
def test_the_loop_makes_rounds_without_queries(
    recogniser: StandInRecogniser, queue: QueryQueue
) -> None:
    for _ in range(3):
        assert recogniser.rounds.acquire(timeout=LONG_S)
