"""Pictures that visitors hand in: decoded in memory one at a time, and answered after the stand."""

import threading
from collections.abc import Callable

from device.bundle.filters import Filters
from device.imaging import frames
from device.recognition.recogniser import Answer
from device.recognition.sheet.detect import Corner
from device.service.query.answer_queue import AnswerQueue, Priority, Query
from device.service.query.overlay_cache import OverlayCache, compare


class UploadQueries:
    """Answers about pictures that were handed in. For any thread."""

    def __init__(
        self,
        queue: AnswerQueue,
        comparisons: OverlayCache,
        on_answer: Callable[[Answer], None],
    ) -> None:
        """Begin.

        Args:
            queue: Who answers.
            comparisons: Where what lays a picture over its record is kept.
            on_answer: Called with every answer.
        """
        self._queue = queue
        self._comparisons = comparisons
        self._on_answer = on_answer
        self._decoding = threading.Lock()
        self._counting = threading.Lock()
        self.answers = 0

    def identify(
        self,
        data: bytes,
        *,
        filters: Filters | None,
        corners: tuple[Corner, ...] | None,
        count: int,
        is_shown: bool,
    ) -> Answer:
        """Say which print a picture shows, as `KioskService.identify` does; waits for its turn."""
        with self._decoding:  # a 64-megapixel PNG takes 200 MB; two at once could end the service
            pixels = frames.decode(data, name="upload")
        height, width = pixels.shape[:2]
        question = Query(
            frame=frames.frame(pixels, source="upload"),
            filters=filters,
            corners=corners and tuple(Corner(x=c.x * width, y=c.y * height) for c in corners),
            count=count,
        )
        answer = self._queue.ask(question, priority=Priority.GUEST).result()
        comparison = compare(question.frame, answer) if is_shown else None
        if comparison is not None:
            self._comparisons.keep_upload(comparison)
        with self._counting:
            self.answers += 1
        self._on_answer(answer)
        return answer
