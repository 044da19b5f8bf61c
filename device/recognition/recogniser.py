"""The straight line from a frame to an answer."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.opened import OpenedBundle
from device.bundle.records import Record
from device.recognition import preprocess
from device.recognition.fingerprint import Fingerprint, Fingerprinter, Runtime
from device.recognition.frames import Frame
from device.recognition.search import Index, Neighbour
from device.recognition.verdict import Verdict, decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One record an answer names, and how near it is (cosine, -1..1)."""

    record: Record
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A point of the frame, in pixels of the upright picture."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the kiosk found out about one frame.

    Attributes:
        bundle_id: The bundle that answered; its records alone go with this answer.
        matches: Best first; empty only when no record was there to be compared with.
        sheet: The four corners found, clockwise from the sheet's own top left; `None` while the whole
            frame is looked at.
        turn_deg: By how much the sheet was turned clockwise to match, one of 0, 90, 180, 270.
        mirrored: Whether the match is in reverse.
        hint: What the visitor could do better, as a key of the page's texts; `None` for nothing.
        timings_ms: Step to wall time, in the order of the steps.
    """

    bundle_id: str
    verdict: Verdict
    matches: tuple[Match, ...]
    sheet: tuple[Corner, ...] | None
    turn_deg: int
    mirrored: bool
    hint: str | None
    timings_ms: Mapping[str, float]


class Recogniser:
    """Recognises frames against one bundle. Not thread-safe: the model's interpreter isn't."""

    def __init__(
        self, bundle: OpenedBundle, *, threads: int, runtime: Runtime | None = None
    ) -> None:
        """Load the bundle's model and map its index.

        Raises:
            ModelError, BundleDamagedError: When they can't be used.
        """
        self._bundle = bundle
        model = bundle.manifest.model
        self._fingerprint = Fingerprinter(
            bundle.file(layout.MODEL), model.sha256, threads=threads, runtime=runtime
        )
        self._index = Index(bundle.path, bundle.manifest.index)

    @property
    def bundle(self) -> OpenedBundle:
        """The bundle that answers."""
        return self._bundle

    def recognise(self, frame: Frame, *, filters: Filters | None = None, count: int = 10) -> Answer:
        """Say which print a frame shows.

        Args:
            frame: What the camera saw.
            filters: Which records may be answered with; `None` for all.
            count: At most so many matches.

        Raises:
            FilterError: When the filters' words can't be searched for.
        """
        watch = _Stopwatch()
        pixels = preprocess.to_input(frame.pixels)
        watch.lap("preprocess")
        fingerprint = self._fingerprint(pixels)
        watch.lap("fingerprint")
        neighbours = self._neighbours(fingerprint, filters, count)
        watch.lap("search")
        matches = tuple(
            Match(record=self._bundle.records.at(n.item), score=n.score) for n in neighbours
        )
        watch.lap("records")
        return Answer(
            bundle_id=self._bundle.manifest.bundle_id,
            verdict=decide(matches[0].score if matches else None, self._bundle.manifest.thresholds),
            matches=matches,
            sheet=None,
            turn_deg=0,
            mirrored=False,
            hint=None,
            timings_ms=watch.laps_ms,
        )

    def _neighbours(
        self, fingerprint: Fingerprint, filters: Filters | None, count: int
    ) -> list[Neighbour]:
        if filters is None or filters.is_open:
            return self._index.nearest(fingerprint, count)
        return self._index.exact(fingerprint, count, among=self._bundle.records.passing(filters))


class _Stopwatch:
    """Wall time of one step after the other."""

    def __init__(self) -> None:
        self.laps_ms: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, step: str) -> None:
        """Write down the time since the last lap as this step's."""
        now = time.perf_counter()
        self.laps_ms[step] = round((now - self._since) * 1000, 3)
        self._since = now
