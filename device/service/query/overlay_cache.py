"""Overlays: visitors' prints, warped to lie over their record's picture.

They stay in memory alone, and no longer than their answer is shown.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from device.errors import AnswerGoneError, EvidenceError
from device.imaging.corners import Corner
from device.imaging.encoding import to_jpeg
from device.imaging.frames import Frame
from device.imaging.rectify import rectify
from device.recognition.local import evidence
from device.recognition.recogniser import Answer
from device.recognition.verdict import ACCEPTED

_log = logging.getLogger(__name__)

# Longest side of an overlay in pixels: a screen shows no more, and a stand's camera gives no more.
SIDE = 960
# How many overlays of uploads are kept, and for how long; a new one replaces the oldest.
UPLOADS = 4
KEPT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A visitor's print in the coordinates of its record's picture, and where the two agree.

    Attributes:
        token: An id that can't be guessed.
        answer: The answer whose first match the overlay shows.
        jpeg: The visitor's print in the record's coordinates, mirrored back if needed.
        area: Corners around the inliers in the record's picture, 0..1.
        share: The area's share of the record's picture, 0..1.
    """

    token: str
    answer: Answer
    jpeg: bytes
    area: tuple[Corner, ...]
    share: float


def overlay_of(frame: Frame, answer: Answer) -> Overlay | None:
    """Return the overlay of a frame's print and the record it was matched with.

    Returns:
        `None` without an accepted match, or when the fingerprint is the only evidence.
    """
    best = answer.matches[0] if answer.matches else None
    if best is None or best.evidence is None or answer.verdict not in ACCEPTED:
        return None
    picture = best.record.pictures[best.position]
    try:
        warped = evidence.cut_out_print(
            frame.pixels, best.evidence, picture.width / picture.height, side=SIDE
        )
    except EvidenceError as error:  # the visitor still gets the answer
        _log.error("%s: no overlay for this frame: %s", best.record.record_id, error)
        return None
    area = evidence.inlier_hull(best.evidence)
    return Overlay(
        token=uuid.uuid4().hex,
        answer=answer,
        jpeg=to_jpeg(warped, side=SIDE, quality=85),
        area=area,
        share=evidence.hull_area(area),
    )


def rectified_print(frame: Frame, answer: Answer) -> bytes:
    """Return a frame's print as a JPEG, rectified where its sheet was detected."""
    sheet = answer.sheet
    flat = frame.pixels if sheet is None else rectify(frame.pixels, sheet, side=SIDE)
    return to_jpeg(flat, side=SIDE, quality=85)


class OverlayCache:
    """The overlays that may be viewed now, of stand and uploads. Safe for any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start empty; `clock` returns monotonic seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._stand: Overlay | None = None
        self._print: bytes | None = None
        self._uploads: dict[str, tuple[float, Overlay]] = {}

    def set_stand(self, overlay: Overlay | None, print_: bytes | None = None) -> None:
        """Replace the stand's overlay and rectified print; `None` removes them."""
        with self._lock:
            self._stand = overlay
            self._print = print_

    def print_at_stand(self) -> bytes:
        """Return the rectified print that the stand's answer is about, as a JPEG.

        Raises:
            AnswerGoneError: When no answer is shown at the stand.
        """
        with self._lock:
            if self._print is None:
                raise AnswerGoneError("no answer is shown; look at the print again")
            return self._print

    def add_upload(self, overlay: Overlay) -> None:
        """Add an upload's overlay, and remove the oldest when there are too many."""
        with self._lock:
            self._uploads[overlay.token] = (self._clock(), overlay)
            while len(self._uploads) > UPLOADS:
                del self._uploads[next(iter(self._uploads))]

    def get(self, token: str) -> Overlay:
        """Return an overlay by its token.

        Raises:
            AnswerGoneError: When its answer is no longer shown.
        """
        found = next((each for each in self._all() if each.token == token), None)
        if found is None:
            raise AnswerGoneError("this answer is no longer shown; look at the print again")
        return found

    def of(self, answer: Answer) -> Overlay | None:
        """Return an answer's overlay; `None` where it has none."""
        return next((each for each in self._all() if each.answer is answer), None)

    def remove_upload(self, token: str) -> None:
        """Remove an upload's overlay; does nothing when it is not there."""
        with self._lock:
            self._uploads.pop(token, None)

    def remove_expired(self) -> None:
        """Remove the uploads' overlays that are older than `KEPT_S`."""
        with self._lock:
            oldest_s = self._clock() - KEPT_S
            self._uploads = {t: kept for t, kept in self._uploads.items() if kept[0] > oldest_s}

    def clear(self) -> None:
        """Remove all overlays."""
        with self._lock:
            self._stand = None
            self._uploads.clear()

    def _all(self) -> list[Overlay]:
        with self._lock:
            stand = [] if self._stand is None else [self._stand]
            return stand + [overlay for _, overlay in self._uploads.values()]
