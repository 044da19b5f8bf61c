"""A staff capture: one frame with its answer, neither shown to visitors nor counted."""

from dataclasses import dataclass

from device.imaging.corners import Corner
from device.imaging.encoding import to_jpeg
from device.imaging.frames import Frame
from device.recognition.recogniser import Answer
from device.service.query.query_queue import Priority, Query, QueryQueue

SIDE = 960
_MATCHES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCapture:
    """A frame taken for staff, and its answer.

    Attributes:
        jpeg: The frame, at most 960 pixels a side; in memory alone.
        corners: The sheet's corners in the frame, 0..1; `None` without a sheet.
        answer: The answer a visitor would have got.
        source: The camera's name.
        width, height: The size of the whole frame in pixels.
    """

    jpeg: bytes
    corners: tuple[Corner, ...] | None
    answer: Answer
    source: str
    width: int
    height: int


def capture(frame: Frame, queue: QueryQueue) -> StaffCapture:
    """Return the staff capture of a frame, after its turn; raises as the recogniser does."""
    query = Query(frame=frame, count=_MATCHES)
    answer = queue.ask(query, priority=Priority.NORMAL).result()
    height, width = frame.pixels.shape[:2]
    corners = answer.sheet
    return StaffCapture(
        jpeg=to_jpeg(frame.pixels, side=SIDE, quality=80),
        corners=corners and tuple(Corner(x=c.x / width, y=c.y / height) for c in corners),
        answer=answer,
        source=frame.source,
        width=width,
        height=height,
    )
