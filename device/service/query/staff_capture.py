"""A proof: one frame of the stand's camera taken for staff, with all that the kiosk makes of it. Counted nowhere."""

from dataclasses import dataclass

from device.imaging.corners import Corner
from device.imaging.frames import Frame, to_jpeg
from device.recognition.recogniser import Answer
from device.service.query.answer_queue import AnswerQueue, Priority, Query

SIDE = 960
_MATCHES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCapture:
    """What a trial capture shows.

    Attributes:
        jpeg: The frame, at most 960 pixels a side; in memory alone.
        outline: The sheet's corners as shares of the frame; `None` when none was found.
        answer: What would have been said.
        source: Which camera.
        width, height: Of the whole frame, in pixels.
    """

    jpeg: bytes
    outline: tuple[Corner, ...] | None
    answer: Answer
    source: str
    width: int
    height: int


def capture(frame: Frame, queue: AnswerQueue) -> StaffCapture:
    """Give the proof of a frame, once it is its turn; raises as the recogniser does."""
    question = Query(frame=frame, count=_MATCHES)
    answer = queue.ask(question, priority=Priority.GUEST).result()
    height, width = frame.pixels.shape[:2]
    corners = answer.sheet
    return StaffCapture(
        jpeg=to_jpeg(frame.pixels, side=SIDE, quality=80),
        outline=corners and tuple(Corner(x=c.x / width, y=c.y / height) for c in corners),
        answer=answer,
        source=frame.source,
        width=width,
        height=height,
    )
