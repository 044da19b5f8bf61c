"""One queue before the one interpreter, which is not thread-safe: the stand goes first, phones after it."""

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from device.bundle.filters import Filters
from device.errors import BusyError
from device.imaging.frames import Frame
from device.recognition.recogniser import Answer
from device.recognition.sheet.detect import Corner
from device.service.query import malloc_trim

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked: which print a frame shows.

    Attributes:
        frame: What the camera saw, or somebody handed in.
        filters: Which records may be answered with; `None` for all.
        corners: The sheet's, in pixels of the frame, where they are known; `None` where it is to be found.
        count: At most so many matches.
    """

    frame: Frame
    filters: Filters | None = None
    corners: tuple[Corner, ...] | None = None
    count: int


class Answerer(Protocol):
    """Finds the answer to a query."""

    def __call__(self, query: Query, /) -> Answer:
        """Return the answer; runs in the queue's thread alone, as the interpreter is not thread-safe."""


# How often the working loop comes round when nobody asks: what the watchdog sees.
ROUND_S = 1.0


class Priority(IntEnum):
    """Who goes first."""

    STAND = 0
    GUEST = 1
    CLOSE = 2


@dataclass(frozen=True, slots=True, order=True)
class _Request:
    priority: Priority
    number: int
    question: Query | None = field(compare=False)
    future: "Future[Answer]" = field(compare=False)


class AnswerQueue:
    """Answers requests one at a time in a thread of its own."""

    def __init__(self, answerer: Answerer, *, waiting: int, on_round: Callable[[], None]) -> None:
        """Start answering.

        Args:
            answerer: Called in this queue's thread alone.
            waiting: How many guests may wait; the stand always may.
            on_round: Called each time the loop comes round, at least every `ROUND_S`: proof of life.
        """
        self._answerer = answerer
        self._waiting = waiting
        self._on_round = on_round
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._guests = 0
        self._is_closed = False
        self._requests: queue.PriorityQueue[_Request] = queue.PriorityQueue()
        self._thread = threading.Thread(target=self._run, name="answers", daemon=True)
        self._thread.start()

    def ask(self, question: Query, *, priority: Priority) -> "Future[Answer]":
        """Queue a question and give the future answer.

        Raises:
            BusyError: When too many guests wait already, or the kiosk is being stopped.
        """
        request = _Request(priority, next(self._numbers), question, Future())
        with self._lock:
            if self._is_closed:  # nobody would ever answer
                raise BusyError("the kiosk is being stopped; try again in a moment")
            if priority is Priority.GUEST:
                if self._guests >= self._waiting:
                    raise BusyError(
                        f"{self._waiting} are waiting for an answer already; try again in a moment"
                    )
                self._guests += 1
            self._requests.put(request)
        return request.future

    def close(self) -> None:
        """Answer what is queued, then stop; does nothing the second time."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                last = _Request(Priority.CLOSE, next(self._numbers), None, Future())
                self._requests.put(last)
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._on_round()
            try:
                request = self._requests.get(timeout=ROUND_S)
            except queue.Empty:
                continue
            if request.question is None:
                return
            if request.priority is Priority.GUEST:
                with self._lock:
                    self._guests -= 1
            self._answer(request, request.question)
            if self._requests.empty():
                malloc_trim.trim()  # for the browser beside us, while what was said is read

    def _answer(self, request: _Request, question: Query) -> None:
        if not request.future.set_running_or_notify_cancel():
            return
        try:
            answer = self._answerer(question)
        except Exception as error:  # noqa: BLE001  # handed to whoever asked; the loop must go on
            _log.debug("no answer for a frame of %s", question.frame.source, exc_info=True)
            request.future.set_exception(error)
        else:
            request.future.set_result(answer)
