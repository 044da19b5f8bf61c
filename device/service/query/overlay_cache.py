"""A visitor's print, cut out to lie over the record's picture: in memory alone, and no longer than its answer is shown."""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from device.errors import AnswerGoneError, EvidenceError
from device.imaging.corners import Corner
from device.imaging.frames import Frame, to_jpeg
from device.imaging.rectify import rectify
from device.recognition.local import evidence
from device.recognition.recogniser import Answer
from device.recognition.verdict import ACCEPTED

_log = logging.getLogger(__name__)

# Longest side of what is cut out: what a panel shows of it, and what a stand's camera gives.
SIDE = 960
# So many phones may compare at a time, each so long; what comes after takes the oldest one's place.
UPLOADS = 4
KEPT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A visitor's print as its record's picture shows it, and where the two agree.

    Attributes:
        token: Names it; nobody can guess it.
        answer: What it is the evidence for: its first match.
        jpeg: The visitor's print in the record's coordinates, the right way round.
        area: Corners around the places that agree, in the record's picture with sides 0..1.
        share: How much of the record's picture that area is, 0..1.
    """

    token: str
    answer: Answer
    jpeg: bytes
    area: tuple[Corner, ...]
    share: float


def compare(frame: Frame, answer: Answer) -> Overlay | None:
    """Give what lays a frame's print over the record it was taken for.

    Returns:
        `None` when it was taken for none, or its fingerprint alone speaks for it.
    """
    best = answer.matches[0] if answer.matches else None
    if best is None or best.evidence is None or answer.verdict not in ACCEPTED:
        return None
    aspect = best.record.width / best.record.height
    try:
        cut = evidence.cut_out_print(frame.pixels, best.evidence, aspect, side=SIDE)
    except EvidenceError as error:  # must not cost the visitor the answer
        _log.error("%s: can't be laid over the frame: %s", best.record.record_id, error)
        return None
    area = evidence.inlier_hull(best.evidence)
    return Overlay(
        token=uuid.uuid4().hex,
        answer=answer,
        jpeg=to_jpeg(cut, side=SIDE, quality=85),
        area=area,
        share=evidence.hull_area(area),
    )


def print_of(frame: Frame, answer: Answer) -> bytes:
    """Give a frame's print, straightened where its sheet was found, as a JPEG."""
    sheet = answer.sheet
    flat = frame.pixels if sheet is None else rectify(frame.pixels, sheet, side=SIDE)
    return to_jpeg(flat, side=SIDE, quality=85)


class OverlayCache:
    """The comparisons that may be looked at now: the stand's, and the latest uploads'. For any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin with none; `clock` gives monotonic seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._stand: Overlay | None = None
        self._print: bytes | None = None
        self._uploads: dict[str, tuple[float, Overlay]] = {}

    def show_at_stand(self, comparison: Overlay | None, print_: bytes | None = None) -> None:
        """Keep the stand's, and the print that lies there, in the place of those before; `None` lets those go."""
        with self._lock:
            self._stand = comparison
            self._print = print_

    def print_at_stand(self) -> bytes:
        """Give the print that the stand's answer is about, straightened, as a JPEG.

        Raises:
            AnswerGoneError: When no answer is shown there.
        """
        with self._lock:
            if self._print is None:
                raise AnswerGoneError("no answer is shown; look at the print again")
            return self._print

    def keep_upload(self, comparison: Overlay) -> None:
        """Keep one of an upload, and let the oldest go when there are too many."""
        with self._lock:
            self._uploads[comparison.token] = (self._clock(), comparison)
            while len(self._uploads) > UPLOADS:
                del self._uploads[next(iter(self._uploads))]

    def get(self, token: str) -> Overlay:
        """Give one.

        Raises:
            AnswerGoneError: When its answer is no longer shown.
        """
        found = next((each for each in self._all() if each.token == token), None)
        if found is None:
            raise AnswerGoneError("this answer is no longer shown; look at the print again")
        return found

    def of(self, answer: Answer) -> Overlay | None:
        """Give an answer's own; `None` where it has none."""
        return next((each for each in self._all() if each.answer is answer), None)

    def forget(self, token: str) -> None:
        """Let an upload's go; does nothing when it has gone already."""
        with self._lock:
            self._uploads.pop(token, None)

    def forget_old(self) -> None:
        """Let those go whose visitors went without a word."""
        with self._lock:
            since = self._clock() - KEPT_S
            self._uploads = {t: kept for t, kept in self._uploads.items() if kept[0] > since}

    def clear(self) -> None:
        """Let all go."""
        with self._lock:
            self._stand = None
            self._uploads.clear()

    def _all(self) -> list[Overlay]:
        with self._lock:
            stand = [] if self._stand is None else [self._stand]
            return stand + [comparison for _, comparison in self._uploads.values()]
