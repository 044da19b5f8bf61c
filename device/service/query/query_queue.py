"""The queue in front of the recogniser, which is not thread-safe: the stand goes first."""

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
    """A frame to recognise, with the filters and the number of matches for its answer.

    Attributes:
        frame: The frame from the camera or from an upload.
        filters: The conditions that matched records must meet; `None` for all records.
        corners: The sheet's corners in pixels of the frame; `None` to detect the sheet.
        count: Largest number of matches in the answer.
    """

    frame: Frame
    filters: Filters | None = None
    corners: tuple[Corner, ...] | None = None
    count: int


class Answerer(Protocol):
    """Finds the answer to a query."""

    def __call__(self, query: Query, /) -> Answer:
        """Return the answer; runs in the queue's thread alone."""


# Longest wait of the queue's loop without a query; each round is a sign of progress for the watchdog.
ROUND_S = 1.0


class Priority(IntEnum):
    """The order in which waiting queries are answered: lower goes first."""

    STAND = 0
    NORMAL = 1
    CLOSE = 2


@dataclass(frozen=True, slots=True, order=True)
class _Request:
    priority: Priority
    number: int
    query: Query | None = field(compare=False)
    future: "Future[Answer]" = field(compare=False)


class QueryQueue:
    """Answers queries one at a time, in a thread of its own.

    `ask` may be called from any thread, `close` from any other than its own.
    """

    def __init__(self, answerer: Answerer, *, waiting: int, on_round: Callable[[], None]) -> None:
        """Start the queue's thread.

        Args:
            answerer: Called in this queue's thread alone.
            waiting: How many queries may wait, those of the stand excepted.
            on_round: Called in each round of the loop, at least every `ROUND_S`: a sign of progress.
        """
        self._answerer = answerer
        self._waiting = waiting
        self._on_round = on_round
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._waiting_normal = 0
        self._is_closed = False
        self._requests: queue.PriorityQueue[_Request] = queue.PriorityQueue()
        self._thread = threading.Thread(target=self._run, name="answers", daemon=True)
        self._thread.start()

    def ask(self, query: Query, *, priority: Priority) -> "Future[Answer]":
        """Queue a query, and return its future answer.

        Raises:
            BusyError: When too many queries wait already, or the kiosk is being stopped.
        """
        request = _Request(priority, next(self._numbers), query, Future())
        with self._lock:
            if self._is_closed:  # the query would never be answered
                raise BusyError("the kiosk is being stopped; try again in a moment")
            if priority is Priority.NORMAL:
                if self._waiting_normal >= self._waiting:
                    raise BusyError(
                        f"{self._waiting} are waiting for an answer already; try again in a moment"
                    )
                self._waiting_normal += 1
            self._requests.put(request)
        return request.future

    def close(self) -> None:
        """Answer the queued queries, then stop; does nothing the second time."""
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
            if request.query is None:
                return
            if request.priority is Priority.NORMAL:
                with self._lock:
                    self._waiting_normal -= 1
            self._answer(request, request.query)
            if self._requests.empty():
                malloc_trim.trim()  # frees memory for the browser while the visitor reads the answer

    def _answer(self, request: _Request, query: Query) -> None:
        if not request.future.set_running_or_notify_cancel():
            return
        try:
            answer = self._answerer(query)
        except Exception as error:  # noqa: BLE001  # `result()` raises it; the loop must go on
            _log.debug("no answer for a frame of %s", query.frame.source, exc_info=True)
            request.future.set_exception(error)
        else:
            request.future.set_result(answer)
