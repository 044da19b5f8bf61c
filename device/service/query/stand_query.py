"""The query about the print at the stand: one at a time, its answer on the screen."""

import logging
from collections.abc import Callable
from concurrent.futures import Future

from device.imaging.frames import Frame
from device.recognition.recogniser import Answer
from device.service.query.overlay_cache import OverlayCache, overlay_of, rectified_print
from device.service.query.query_queue import Priority, Query, QueryQueue
from device.service.state import Answered, Asked, Dismissed, Failed
from device.service.state_store import StateStore

_log = logging.getLogger(__name__)


class StandQuery:
    """The stand's query. Every method may be called from any thread."""

    def __init__(
        self,
        states: StateStore,
        queue: QueryQueue,
        overlays: OverlayCache,
        is_withdrawn: Callable[[Answer], bool],
        on_answer: Callable[[Answer], None],
    ) -> None:
        """Start without a query.

        Args:
            states: Where the answer is shown.
            queue: Answers one query at a time.
            overlays: Keeps the answer's overlay.
            is_withdrawn: Whether an answer names a withdrawn work.
            on_answer: Called with every answer that is shown.
        """
        self._states = states
        self._queue = queue
        self._overlays = overlays
        self._is_withdrawn = is_withdrawn
        self._on_answer = on_answer
        self._pending: Future[Answer] | None = None
        self.answers = 0

    def ask(self, query: Query) -> None:
        """Queue a query, unless one is pending; the answer arrives in the state.

        Raises:
            BusyError: When the kiosk is being stopped.
        """
        with self._states.lock:
            if not self._states.apply(Asked()):
                return
            future = self._queue.ask(query, priority=Priority.STAND)
            self._pending = future
        future.add_done_callback(lambda done: self._settle(query.frame, done))

    def drop(self) -> None:
        """Drop the pending query and the answer on the screen, for the next visitor."""
        with self._states.lock:
            dropped, self._pending = self._pending, None
            self._states.apply(Dismissed())
        if dropped is not None:
            dropped.cancel()  # unless it is being answered already

    def _settle(self, frame: Frame, future: "Future[Answer]") -> None:
        """Show the answer, or why there is none, unless the query was dropped.

        A callback of the future: it runs in the queue's thread, which answers nothing else meanwhile. For a
        future that was done or cancelled before, it runs in the thread of `ask` or `drop`.
        """
        if future is not self._pending:
            return  # dropped in the meantime
        overlay = print_ = None
        if not future.exception():
            overlay = overlay_of(frame, future.result())
            print_ = rectified_print(frame, future.result())
        with self._states.lock:
            if future is not self._pending:
                return  # dropped in the meantime
            self._pending = None
            error = future.exception()
            if error is not None:
                _log.warning("no answer: %s", error)
                self._states.apply(Failed(note=str(error)))
            elif self._is_withdrawn(future.result()):
                self._states.apply(Dismissed())
            else:
                self.answers += 1
                self._on_answer(future.result())
                self._states.apply(Answered(answer=future.result()))
                if self._states.state.answer is future.result():
                    self._overlays.set_stand(overlay, print_)
