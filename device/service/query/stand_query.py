"""What is asked about the print at the stand: one question at a time, whose answer goes onto the screen."""

import logging
from collections.abc import Callable
from concurrent.futures import Future

from device.imaging.frames import Frame
from device.recognition.recogniser import Answer
from device.service.query.answer_queue import AnswerQueue, Priority, Query
from device.service.query.overlay_cache import OverlayCache, compare, print_of
from device.service.state import Answered, Asked, Dismissed, Failed
from device.service.state_store import StateStore

_log = logging.getLogger(__name__)


class StandQuery:
    """The stand's question. Every method may be called from any thread."""

    def __init__(
        self,
        display: StateStore,
        queue: AnswerQueue,
        comparisons: OverlayCache,
        is_withdrawn: Callable[[Answer], bool],
        on_answer: Callable[[Answer], None],
    ) -> None:
        """Begin with none.

        Args:
            display: Where the answer is shown.
            queue: Who answers.
            comparisons: Where what lays the print over its record is kept.
            is_withdrawn: Whether an answer names a work that visitors may see no more.
            on_answer: Called with every answer that is shown.
        """
        self._display = display
        self._queue = queue
        self._comparisons = comparisons
        self._is_withdrawn = is_withdrawn
        self._on_answer = on_answer
        self._pending: Future[Answer] | None = None
        self.answers = 0

    def ask(self, question: Query) -> None:
        """Ask, unless something is being asked already; the answer arrives in the state.

        Raises:
            BusyError: When the kiosk is being stopped.
        """
        with self._display.changing:
            if not self._display.apply(Asked()):
                return
            future = self._queue.ask(question, priority=Priority.STAND)
            self._pending = future
        future.add_done_callback(lambda done: self._settle(question.frame, done))

    def drop(self) -> None:
        """Let go of the question and of its answer: the next visitor begins anew."""
        with self._display.changing:
            dropped, self._pending = self._pending, None
            self._display.apply(Dismissed())
        if dropped is not None:
            dropped.cancel()  # if it still waits for its turn, it needn't take one

    def _settle(self, frame: Frame, future: "Future[Answer]") -> None:
        if future is not self._pending:
            return  # dropped meanwhile
        comparison = print_ = None
        if not future.exception():
            comparison = compare(frame, future.result())
            print_ = print_of(frame, future.result())
        with self._display.changing:
            if future is not self._pending:
                return  # dropped meanwhile
            self._pending = None
            error = future.exception()
            if error is not None:
                _log.warning("no answer: %s", error)
                self._display.apply(Failed(note=str(error)))
            elif self._is_withdrawn(future.result()):
                self._display.apply(Dismissed())
            else:
                self.answers += 1
                self._on_answer(future.result())
                self._display.apply(Answered(answer=future.result()))
                if self._display.state.answer is future.result():
                    self._comparisons.show_at_stand(comparison, print_)
