"""Autocapture: queries a print held still, without a press of the button.

The watcher finds prints in the live picture. This module knows what the screen shows and which filters the visitor has
set.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from device.bundle.filters import Filters
from device.imaging.frames import Frame
from device.service.capture.hold_tracker import HeldPrint
from device.service.capture.watcher import Observation, Watcher
from device.service.state import Phase

# During a query the processor's time is for the answer.
_WATCHED = frozenset({Phase.LOOKING, Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """The page's report on the visitor: filters, and whether the visitor is busy elsewhere.

    Attributes:
        filters: The filters the visitor has set; `None` without any.
        is_elsewhere: Whether the visitor is reading, filtering or uploading a picture: then no print at the
            stand may change the screen.
    """

    filters: Filters | None = None
    is_elsewhere: bool = False


class QuerySink(Protocol):
    """Takes the queries that autocapture makes for the visitor."""

    def __call__(self, held: HeldPrint, filters: Filters | None) -> None:
        """Query a print held still, among the records that pass the visitor's filters.

        Runs in the camera loop's thread, so it queues the query and doesn't wait for the answer.
        """


class Autocapture:
    """Watches the stand for a visitor.

    `observe` is for the camera loop's thread, all other methods are for any.
    """

    def __init__(
        self,
        watcher: Watcher,
        *,
        phase: Callable[[], Phase],
        sink: QuerySink,
    ) -> None:
        """Start without a visitor.

        Args:
            watcher: Follows prints in the live picture.
            phase: Returns the screen's phase.
            sink: Called in the camera loop's thread with a print to recognise.
        """
        self._watcher = watcher
        self._phase = phase
        self._sink = sink
        self._attention = Attention()
        self._seen = Observation()

    def attend(self, attention: Attention) -> None:
        """Keep the page's latest report on the visitor; it applies from the next frame on."""
        self._attention = attention

    def note_manual_query(self) -> None:
        """Note that the button has queried the print at the stand, so it isn't queried twice."""
        self._watcher.mark_taken()

    def observe(self, frame: Frame) -> Observation:
        """Return the observation of the stand's next frame, and query a print held still in it."""
        attention = self._attention
        if attention.is_elsewhere:
            self._seen = Observation()
        elif self._phase() in _WATCHED:
            self._seen = self._watcher.observe(frame)
            if self._seen.capture is not None:
                self._sink(self._seen.capture, attention.filters)
        # Frames are large, and no visitor's picture is kept.
        self._seen = replace(self._seen, capture=None)
        return self._seen
