"""The straight line from a frame to an answer."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.reader import OpenedBundle
from device.bundle.records import Record
from device.imaging.corners import Corner
from device.imaging.frames import Frame, Pixels
from device.recognition.blas_threads import on_one_thread
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprint, Fingerprinter, Runtime
from device.recognition.embedding.nearest import Index, Neighbour
from device.recognition.local import evidence
from device.recognition.local.evidence import Evidence
from device.recognition.local.match import FeatureMatch, FeatureMatcher
from device.recognition.sheet import detect
from device.recognition.verdict import ACCEPTED, MatchEvidence, Verdict, confidence, decide

__all__ = ["Answer", "Corner", "Evidence", "Match", "Recogniser"]

# Longest side of a sheet cut out of a frame: what details are looked for in and the fingerprint is reduced from.
SIDE = 448
# From here on a sheet's outline is borne out well enough not to look at the whole frame besides: that of a print in
# somebody's hands nearly always is, that of a shape within a picture which fills the frame hardly ever.
SURE_OUTLINE = 0.8
# Where most of the museum's own pictures show the paper too, the whole sheet is fingerprinted; else what is inside its
# margin. Both cost a second call of the model, and named no print more (docs/decisions.md).
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One record an answer names.

    Attributes:
        score: How near its fingerprint is (cosine, -1..1).
        evidence: Where its lines lie in the frame; `None` when the fingerprint alone speaks for it.
    """

    record: Record
    score: float
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the kiosk found out about one frame.

    Attributes:
        bundle_id: The bundle that answered; its records alone go with this answer.
        matches: Best first; empty only when no record was there to be compared with.
        sheet: The four corners found, clockwise from the sheet's own top left as far as that is known; `None`
            when no sheet was found and the whole frame was looked at.
        turn_deg: How far clockwise the print lies turned in the frame, one of 0, 90, 180, 270.
        mirrored: Whether the match is in reverse.
        hint: What the visitor could do better, as a key of the page's texts; `None` for nothing.
        timings_ms: Step to wall time, in the order of the steps.
        confidence: 1 and more from where the first match counts as found; for ranking answers of one bundle.
    """

    bundle_id: str
    verdict: Verdict
    matches: tuple[Match, ...]
    sheet: tuple[Corner, ...] | None
    turn_deg: int
    mirrored: bool
    hint: str | None
    timings_ms: Mapping[str, float]
    confidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A part of the frame, straightened.

    Attributes:
        corners: Of that part in the frame; `None` for all of it.
    """

    pixels: Pixels
    corners: tuple[Corner, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What was looked at, and which prints it was traced to."""

    view: _View
    traces: tuple[FeatureMatch, ...]

    @property
    def inliers(self) -> int:
        return self.traces[0].inliers if self.traces else 0


class Recogniser:
    """Recognises frames against one bundle. Not thread-safe: the model's interpreter isn't."""

    def __init__(
        self, bundle: OpenedBundle, *, threads: int, runtime: Runtime | None = None
    ) -> None:
        """Load the bundle's model and map its index and details.

        Raises:
            ModelError, BundleDamagedError, BundleFormatError: When they can't be used.
        """
        self._bundle = bundle
        model = bundle.manifest.model
        preprocess.check(model.resize, str(bundle.path))
        self._fingerprint = Fingerprinter(
            bundle.file(layout.MODEL), model.sha256, threads=threads, runtime=runtime
        )
        self._index = Index(bundle.path, bundle.manifest.index)
        self._tracer = FeatureMatcher(bundle.path, bundle.manifest.items)

    def use_threads(self, threads: int) -> None:
        """Use so many threads for one call of the model from now on."""
        self._fingerprint.use_threads(threads)

    @property
    def bundle(self) -> OpenedBundle:
        """The bundle that answers."""
        return self._bundle

    def alike(self, item: int, count: int) -> list[Record]:
        """Give the records that look most like one of the collection's own, nearest first; for any thread.

        Args:
            item: Its row.
            count: At most so many.
        """
        gone = self._bundle.withdrawn
        found = self._index.alike(item, count + len(gone))
        rows = [neighbour.item for neighbour in found if neighbour.item not in gone][:count]
        return [self._bundle.records.at(row) for row in rows]

    def recognise(
        self,
        frame: Frame,
        *,
        filters: Filters | None = None,
        corners: tuple[Corner, ...] | None = None,
        without: Collection[int] = frozenset(),
        count: int = 10,
    ) -> Answer:
        """Say which print a frame shows.

        Args:
            frame: What the camera saw.
            filters: Which records may be answered with; `None` for all.
            corners: The sheet's, where a visitor has shown them; `None` finds it.
            without: Items left out, as if the museum never had them: calibration and evaluation ask so.
            count: At most so many matches.

        Raises:
            FilterError: When the filters' words can't be searched for.
        """
        watch = _Stopwatch()
        among = self._among(filters)
        left_out = self._left_out(among, without)
        with on_one_thread():
            views, hint = _views(frame.pixels, corners)
            watch.lap("sheet")
            sight = self._look(views, left_out)
            watch.lap("geometry")
            lies = _evidence(sight, frame.pixels)
            fingerprint = self._fingerprint_of(frame.pixels, sight, lies)
            watch.lap("fingerprint")
            neighbours = self._neighbours(fingerprint, among, left_out, count)
            watch.lap("search")
            found = self._matches(lies, neighbours, fingerprint, count)
            watch.lap("records")
        return self._answer(sight, found, hint, watch.laps_ms)

    def _among(self, filters: Filters | None) -> Collection[int] | None:
        if filters is None or filters.is_empty:
            return None
        return self._bundle.records.items_passing(filters)

    def _left_out(self, among: Collection[int] | None, without: Collection[int]) -> frozenset[int]:
        if among is None:
            return self._bundle.withdrawn.union(without)
        return frozenset(range(len(self._index))) - frozenset(among) | frozenset(without)

    def _look(self, views: tuple[_View, ...], left_out: frozenset[int]) -> _Sight:
        """Trace one view after the other until one leads to a print."""
        enough = self._bundle.manifest.thresholds.inliers
        best: _Sight | None = None
        for view in views:
            traces = self._tracer.trace(view.pixels, without=left_out, enough=enough)
            sight = _Sight(view=view, traces=traces)
            if best is None or sight.inliers > best.inliers:
                best = sight
            if best.inliers >= enough:
                break
        return best or _Sight(view=views[0], traces=())

    def _fingerprint_of(
        self, pixels: Pixels, sight: _Sight, lies: Mapping[int, Evidence]
    ) -> Fingerprint:
        """Fingerprint the print's own picture: where geometry shows it, or what the sheet is likely to show of it."""
        thresholds = self._bundle.manifest.thresholds
        shown = sight.view.pixels
        if sight.inliers >= thresholds.inliers:
            best = sight.traces[0]
            shown = evidence.picture_of(pixels, lies[best.item], best.known.aspect)
        elif sight.view.corners and thresholds.margins < _MOSTLY:
            inside = detect.picture_inside(shown)
            shown = detect.straighten(shown, inside, side=SIDE) if inside else shown
        return self._fingerprint(preprocess.to_input(shown))

    def _neighbours(
        self,
        fingerprint: Fingerprint,
        among: Collection[int] | None,
        left_out: frozenset[int],
        count: int,
    ) -> list[Neighbour]:
        """Give the nearest by fingerprint."""
        if among is not None:
            rows = sorted(frozenset(among) - left_out)
            return self._index.exact(fingerprint, count, among=rows)
        found = self._index.nearest(fingerprint, count + len(left_out))
        return [neighbour for neighbour in found if neighbour.item not in left_out][:count]

    def _matches(
        self,
        lies: Mapping[int, Evidence],
        neighbours: list[Neighbour],
        fingerprint: Fingerprint,
        count: int,
    ) -> tuple[Match, ...]:
        """Give the traced prints first, then those the fingerprint alone speaks for."""
        scores = {neighbour.item: neighbour.score for neighbour in neighbours}
        missing = [item for item in lies if item not in scores]
        if missing:
            exact = self._index.exact(fingerprint, len(missing), among=missing)
            scores |= {neighbour.item: neighbour.score for neighbour in exact}
        others = [n.item for n in neighbours if n.item not in lies]
        return tuple(
            Match(record=self._bundle.records.at(item), score=scores[item], evidence=lies.get(item))
            for item in [*lies, *others][:count]
        )

    def _answer(
        self,
        sight: _Sight,
        matches: tuple[Match, ...],
        hint: str | None,
        timings_ms: Mapping[str, float],
    ) -> Answer:
        thresholds = self._bundle.manifest.thresholds
        best = matches[0].evidence if matches else None
        findings = MatchEvidence(
            cosine=matches[0].score if matches else None,
            inliers=best.inliers if best else sight.inliers,
            covered=best.covered if best else 0.0,
            gap=best.gap if best else 0.0,
            mirrored=best.mirrored if best else False,
            is_sheet=sight.view.corners is not None,
        )
        verdict = decide(findings, thresholds)
        is_found = verdict in ACCEPTED
        corners = sight.view.corners
        if corners and best:
            corners = evidence.from_own_top_left(corners, best)
        return Answer(
            bundle_id=self._bundle.manifest.bundle_id,
            verdict=verdict,
            matches=matches,
            sheet=corners,
            turn_deg=evidence.turn_of(best) if best else 0,
            mirrored=findings.mirrored,
            hint=None if is_found else hint,
            timings_ms=timings_ms,
            confidence=round(confidence(findings, thresholds), 6),
        )


def _evidence(sight: _Sight, pixels: Pixels) -> dict[int, Evidence]:
    """Give how each traced print lies in the frame, best first; of one seen both ways the better."""
    found: dict[int, Evidence] = {}
    for trace in sight.traces:
        if trace.item not in found:
            found[trace.item] = evidence.of(trace, sight.view.corners, pixels)
    return found


def _views(
    pixels: Pixels, corners: tuple[Corner, ...] | None
) -> tuple[tuple[_View, ...], str | None]:
    """Give what is worth looking at, the likeliest first, and what the visitor could do better."""
    if corners is not None:
        return (_cut(pixels, corners),), None
    finding = detect.find(pixels)
    hint = finding.hint.value if finding.hint else None
    views = [_cut(pixels, found.corners) for found in finding.sheets[:1]]
    if not finding.sheets or finding.sheets[0].confidence < SURE_OUTLINE:
        views.append(_View(pixels=pixels, corners=None))
    return tuple(views), hint


def _cut(pixels: Pixels, corners: tuple[Corner, ...]) -> _View:
    return _View(pixels=detect.straighten(pixels, corners, side=SIDE), corners=corners)


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
