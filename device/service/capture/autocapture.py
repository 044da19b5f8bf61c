"""Attends to the visitor at the stand: when the live picture is watched, and what is asked about it unbidden.

The watcher sees; this knows what the screen shows and what the visitor has narrowed the search to.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from device.bundle.filters import Filters
from device.imaging.frames import Frame
from device.service.capture.hold_tracker import HeldPrint
from device.service.capture.watcher import Observation, Watcher
from device.service.state import Phase

# While it looks through the collection nothing needs to be watched, and the processor has better things to do.
_WATCHED = frozenset({Phase.LOOKING, Phase.FOUND, Phase.UNSURE, Phase.NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What the page has told of the visitor.

    Attributes:
        filters: What the search is narrowed to; `None` for nothing.
        is_elsewhere: Whether the visitor reads, narrows the search or asks about a picture of their own: then
            nothing that lies at the stand may take the screen from them.
    """

    filters: Filters | None = None
    is_elsewhere: bool = False


class QuerySink(Protocol):
    """Takes the queries that autocapture makes for the visitor."""

    def __call__(self, held: HeldPrint, filters: Filters | None) -> None:
        """Query a print held still, among the records that pass the visitor's filters."""


class Autocapture:
    """Watches the stand for a visitor; `see` belongs to the stand's thread, all else to any."""

    def __init__(
        self,
        watcher: Watcher,
        *,
        phase: Callable[[], Phase],
        sink: QuerySink,
    ) -> None:
        """Begin to attend.

        Args:
            watcher: Sees prints come and go.
            phase: Gives what the screen shows.
            sink: Called in the camera loop's thread with a print to recognise.
        """
        self._watcher = watcher
        self._phase = phase
        self._sink = sink
        self._attention = Attention()
        self._seen = Observation()

    def attend(self, attention: Attention) -> None:
        """Take what the page tells of the visitor."""
        self._attention = attention

    def was_asked(self) -> None:
        """Take notice that the visitor has pressed the button: the print that lies there needs no second look."""
        self._watcher.take_none()

    def see(self, frame: Frame) -> Observation:
        """Give what is seen in the stand's next frame, and ask about it when it is time to."""
        attention = self._attention
        if attention.is_elsewhere:
            self._seen = Observation()
        elif self._phase() in _WATCHED:
            self._seen = self._watcher.observe(frame)
            if self._seen.capture is not None:
                self._sink(self._seen.capture, attention.filters)
        # A frame is large, and no visitor's picture is kept.
        self._seen = replace(self._seen, capture=None)
        return self._seen
