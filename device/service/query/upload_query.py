"""Queries about uploads, decoded in processes of their own, answered after the stand's."""

import threading
from collections.abc import Callable

from device.bundle.filters import Filters
from device.imaging import frames
from device.imaging.picture_decoder import PictureDecoder
from device.recognition.recogniser import Answer
from device.recognition.sheet.detect import Corner
from device.service.query.overlay_cache import OverlayCache, overlay_of
from device.service.query.query_queue import Priority, Query, QueryQueue


class UploadQueries:
    """Answers queries about uploaded pictures. Safe for any thread."""

    def __init__(
        self,
        queue: QueryQueue,
        overlays: OverlayCache,
        decoder: PictureDecoder,
        on_answer: Callable[[Answer], None],
    ) -> None:
        """Start without an answer.

        Args:
            queue: Answers one query at a time.
            overlays: Keeps the overlays of shown answers.
            decoder: Decodes the pictures; the caller closes it.
            on_answer: Called with every answer.
        """
        self._queue = queue
        self._overlays = overlays
        self._on_answer = on_answer
        self._decoder = decoder
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
        """Return the answer about a picture, as `QueryService.identify` does; waits for its turn."""
        pixels = self._decoder.decode(data, name="upload")
        height, width = pixels.shape[:2]
        query = Query(
            frame=frames.frame(pixels, source="upload"),
            filters=filters,
            corners=corners and tuple(Corner(x=c.x * width, y=c.y * height) for c in corners),
            count=count,
        )
        answer = self._queue.ask(query, priority=Priority.NORMAL).result()
        overlay = overlay_of(query.frame, answer) if is_shown else None
        if overlay is not None:
            self._overlays.add_upload(overlay)
        with self._counting:
            self.answers += 1
        self._on_answer(answer)
        return answer
