"""Recognise the print in a frame: sheet, local features, fingerprint, neighbours, verdict.

The steps, in the order of `Recogniser.recognise`:

1. Find the sheet's corners, unless the caller knows them, and rectify the sheet (`sheet`, `device.imaging.rectify`).
2. Match local features against the bundle and check candidates by geometry (`local.match`).
3. Compute one fingerprint of the print's own picture (`embedding.fingerprint`).
4. Search for the nearest fingerprints (`embedding.nearest`).
5. Merge both lists: geometric matches first, then neighbours. Decide the verdict (`verdict`).
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.reader import OpenedBundle
from device.bundle.records import Record
from device.imaging.corners import Corner
from device.imaging.frames import Frame, Pixels
from device.imaging.rectify import rectify
from device.recognition.blas_threads import single_blas_thread
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprint, Fingerprinter, Runtime
from device.recognition.embedding.nearest import FingerprintIndex, Neighbour
from device.recognition.local import evidence
from device.recognition.local.evidence import Evidence
from device.recognition.local.match import FeatureMatch, FeatureMatcher
from device.recognition.sheet import detect
from device.recognition.sheet.inner_picture import find_inner_picture
from device.recognition.verdict import ACCEPTED, MatchEvidence, Verdict, confidence, decide

__all__ = ["Answer", "Corner", "Evidence", "Match", "Recogniser"]

# Longest side of the rectified sheet in pixels. Features and the fingerprint are computed from it.
SIDE = 448
# From this confidence on, the whole frame isn't matched as well as the sheet. The outline of a held print nearly always
# reaches it. The outline of a shape inside a picture that fills the frame rarely does.
SURE_CONFIDENCE = 0.8
# If more than this share of the museum's pictures show their paper margin, the whole sheet is fingerprinted, else the
# inner picture. Both would cost a second model call and found no more prints (docs/decisions.md, 18).
_MOSTLY_MARGINS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One record that an answer names.

    Attributes:
        record: The print's metadata.
        position: Which of the record's pictures matched; 0 is its first.
        score: Cosine between its fingerprint and the frame's, -1..1.
        evidence: Inliers and transform; `None` if only the fingerprint supports the match.
    """

    record: Record
    position: int = 0
    score: float
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of recognising one frame.

    Attributes:
        bundle_id: The bundle that answered. The matched records are valid in this bundle only.
        verdict: What may be said about the print.
        matches: Best first; empty only if there was no record to compare with.
        sheet: The four corners of the sheet in the frame, clockwise. They start at the print's own top left if geometry
            shows it. `None` if no sheet was found, so that the whole frame was used.
        turn_deg: Clockwise rotation of the print in the frame, one of 0, 90, 180, 270.
        mirrored: Whether the best match is mirrored.
        hint: What the visitor could do better, as a key of the page's texts; `None` without a hint.
        timings_ms: Wall time of each step, in the order of the steps.
        confidence: At least 1 if the first match counts as found; comparable between answers of one bundle.
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
    """A picture to match: the rectified sheet, or the whole frame.

    Attributes:
        pixels: uint8 (H, W, 3), RGB.
        corners: The sheet's corners in the frame; `None` for the whole frame.
    """

    pixels: Pixels
    corners: tuple[Corner, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _BestView:
    """The view with the most inliers, and its geometric matches, best first."""

    view: _View
    matches: tuple[FeatureMatch, ...]

    @property
    def inliers(self) -> int:
        return self.matches[0].inliers if self.matches else 0


class Recogniser:
    """Recognises frames against one bundle. Not thread-safe: the model's interpreter isn't."""

    def __init__(
        self, bundle: OpenedBundle, *, threads: int, runtime: Runtime | None = None
    ) -> None:
        """Load the bundle's model, and memory-map its indexes.

        Args:
            bundle: The open bundle to search.
            threads: Threads for one model call.
            runtime: The TFLite runtime; `None` takes the first that is installed.

        Raises:
            ModelError, BundleDamagedError, BundleFormatError: If they can't be used.
        """
        self._bundle = bundle
        model = bundle.manifest.model
        preprocess.check(model.resize, str(bundle.path))
        self._fingerprint = Fingerprinter(
            bundle.file(layout.MODEL), model.sha256, threads=threads, runtime=runtime
        )
        self._index = FingerprintIndex(bundle.path, bundle.manifest.index)
        self._matcher = FeatureMatcher(bundle.path, bundle.manifest.index.items)

    def set_threads(self, threads: int) -> None:
        """Set the number of threads for each later model call."""
        self._fingerprint.set_threads(threads)

    @property
    def bundle(self) -> OpenedBundle:
        """The bundle that is searched."""
        return self._bundle

    def similar_to(self, item: int, count: int) -> list[Record]:
        """Return the records whose fingerprints are nearest to one item's, nearest first.

        May be called from any thread.

        Args:
            item: The item to compare with, which is left out.
            count: Maximum number of records.
        """
        withdrawn, rows = self._bundle.withdrawn, self._bundle.picture_rows
        found = self._index.similar_to(item, count + len(rows) - rows.items + len(withdrawn))
        items = dict.fromkeys(rows.item_of(neighbour.item) for neighbour in found)
        others = [each for each in items if each != item and each not in withdrawn]
        return [self._bundle.records.at(each) for each in others[:count]]

    def recognise(
        self,
        frame: Frame,
        *,
        filters: Filters | None = None,
        corners: tuple[Corner, ...] | None = None,
        excluded: Collection[int] = frozenset(),
        count: int = 10,
    ) -> Answer:
        """Recognise the print in a frame.

        Args:
            frame: The upright picture.
            filters: Conditions that matched records must meet; `None` allows all records.
            corners: The sheet's corners in pixels of the frame, where the camera's watcher found them or a visitor
                marked them; `None` detects the sheet here.
            excluded: Items to ignore as if they weren't in the collection, for calibration and evaluation.
            count: Maximum number of matches.

        Raises:
            FilterError: If the filters' words can't be searched for.
        """
        watch = _Stopwatch()
        allowed = self._allowed_items(filters)
        skipped = self._skipped_rows(allowed, excluded)
        with single_blas_thread():
            views, hint = _find_views(frame.pixels, corners)
            watch.lap("sheet")
            best_view = self._match_views(views, skipped)
            watch.lap("geometry")
            evidence_by_row = self._collect_evidence(best_view, frame.pixels)
            fingerprint = self._compute_fingerprint(frame.pixels, best_view, evidence_by_row)
            watch.lap("fingerprint")
            neighbours = self._nearest_neighbours(fingerprint, allowed, skipped, count)
            watch.lap("search")
            matches = self._merge_matches(evidence_by_row, neighbours, fingerprint, count)
            watch.lap("records")
        return self._answer(best_view, matches, hint, watch.laps_ms)

    def _allowed_items(self, filters: Filters | None) -> Collection[int] | None:
        """Return the items that the filters let through; `None` for all."""
        if filters is None or filters.is_empty:
            return None
        return self._bundle.records.items_passing(filters)

    def _skipped_rows(
        self, allowed: Collection[int] | None, excluded: Collection[int]
    ) -> frozenset[int]:
        """Return the rows never to answer with: of records withdrawn, excluded or filtered out."""
        rows = self._bundle.picture_rows
        if allowed is None:
            return rows.rows_of(self._bundle.withdrawn.union(excluded))
        passing = frozenset(allowed) - frozenset(excluded)
        return frozenset(range(len(rows))) - rows.rows_of(passing)

    def _match_views(self, views: tuple[_View, ...], skipped: frozenset[int]) -> _BestView:
        """Match one view after the other until one has enough inliers; return the best."""
        enough = self._bundle.manifest.thresholds.inliers
        best: _BestView | None = None
        for view in views:
            matches = self._matcher.match(view.pixels, excluded=skipped, enough=enough)
            current = _BestView(view=view, matches=matches)
            if best is None or current.inliers > best.inliers:
                best = current
            if best.inliers >= enough:
                break
        return best or _BestView(view=views[0], matches=())

    def _compute_fingerprint(
        self, pixels: Pixels, best_view: _BestView, evidence_by_row: Mapping[int, Evidence]
    ) -> Fingerprint:
        """Compute the fingerprint of the print's own picture, without table or paper margin.

        With enough inliers the picture's place is known. Otherwise the inner picture of the sheet is estimated, unless
        the museum's own pictures show their paper, too.
        """
        thresholds = self._bundle.manifest.thresholds
        picture = best_view.view.pixels
        if best_view.inliers >= thresholds.inliers:
            best = best_view.matches[0]
            picture = evidence.cut_out_print(pixels, evidence_by_row[best.item], best.known.aspect)
        elif best_view.view.corners and thresholds.margins < _MOSTLY_MARGINS:
            inner = find_inner_picture(picture)
            picture = rectify(picture, inner, side=SIDE) if inner else picture
        return self._fingerprint(preprocess.to_input(picture))

    def _nearest_neighbours(
        self,
        fingerprint: Fingerprint,
        allowed: Collection[int] | None,
        skipped: frozenset[int],
        count: int,
    ) -> list[Neighbour]:
        """Return the nearest picture of each of the `count` nearest records.

        They are exact among filtered records, else found by the index.
        """
        rows = self._bundle.picture_rows
        passing = sorted(rows.rows_of(allowed) - skipped) if allowed is not None else None

        def nearest(wanted: int) -> list[Neighbour]:
            if passing is not None:
                return self._index.exact(fingerprint, wanted, among=passing)
            found = self._index.nearest(fingerprint, wanted + len(skipped))
            return [neighbour for neighbour in found if neighbour.item not in skipped]

        wanted = count
        while True:  # several pictures of one record leave room for fewer records
            found = self._one_of_each(nearest(wanted), count)
            if len(found) == count or wanted >= len(rows):
                return found
            wanted *= 2

    def _one_of_each(self, neighbours: list[Neighbour], count: int) -> list[Neighbour]:
        """Return the nearest picture of each record, for at most `count` records."""
        nearest: dict[int, Neighbour] = {}
        for neighbour in neighbours:
            nearest.setdefault(self._bundle.picture_rows.item_of(neighbour.item), neighbour)
        return list(nearest.values())[:count]

    def _merge_matches(
        self,
        evidence_by_row: Mapping[int, Evidence],
        neighbours: list[Neighbour],
        fingerprint: Fingerprint,
        count: int,
    ) -> tuple[Match, ...]:
        """Return matches with evidence first, then the nearest neighbours without evidence."""
        rows = self._bundle.picture_rows
        scores = {neighbour.item: neighbour.score for neighbour in neighbours}
        missing = [row for row in evidence_by_row if row not in scores]
        if missing:
            exact = self._index.exact(fingerprint, len(missing), among=missing)
            scores |= {neighbour.item: neighbour.score for neighbour in exact}
        proven = rows.items_of(evidence_by_row)
        others = [n.item for n in neighbours if rows.item_of(n.item) not in proven]
        return tuple(
            Match(
                record=self._bundle.records.at(rows.item_of(row)),
                position=rows.position_of(row),
                score=scores[row],
                evidence=evidence_by_row.get(row),
            )
            for row in [*evidence_by_row, *others][:count]
        )

    def _collect_evidence(self, best_view: _BestView, pixels: Pixels) -> dict[int, Evidence]:
        """Return the evidence of each matched record's best picture, by its row, best first.

        The frame may show it upright or mirrored; the better counts.
        """
        best: dict[int, FeatureMatch] = {}
        for match in best_view.matches:
            best.setdefault(self._bundle.picture_rows.item_of(match.item), match)
        corners = best_view.view.corners
        return {match.item: evidence.from_match(match, corners, pixels) for match in best.values()}

    def _answer(
        self,
        best_view: _BestView,
        matches: tuple[Match, ...],
        hint: str | None,
        timings_ms: Mapping[str, float],
    ) -> Answer:
        """Decide the verdict and assemble the answer."""
        thresholds = self._bundle.manifest.thresholds
        best = matches[0].evidence if matches else None
        findings = MatchEvidence(
            cosine=matches[0].score if matches else None,
            inliers=best.inliers if best else best_view.inliers,
            covered=best.covered if best else 0.0,
            gap=best.gap if best else 0.0,
            mirrored=best.mirrored if best else False,
            is_sheet=best_view.view.corners is not None,
        )
        verdict = decide(findings, thresholds)
        is_found = verdict in ACCEPTED
        corners = best_view.view.corners
        if corners and best:
            corners = evidence.corners_from_print_top_left(corners, best)
        return Answer(
            bundle_id=self._bundle.manifest.bundle_id,
            verdict=verdict,
            matches=matches,
            sheet=corners,
            turn_deg=evidence.rotation_of(best) if best else 0,
            mirrored=findings.mirrored,
            hint=None if is_found else hint,
            timings_ms=timings_ms,
            confidence=round(confidence(findings, thresholds), 6),
        )


def _find_views(
    pixels: Pixels, corners: tuple[Corner, ...] | None
) -> tuple[tuple[_View, ...], str | None]:
    """Return the views to match, most promising first, and a hint for the visitor or `None`."""
    if corners is not None:
        return (_rectified_view(pixels, corners),), None
    detection = detect.find_sheets(pixels)
    hint = detection.hint.value if detection.hint else None
    views = [_rectified_view(pixels, found.corners) for found in detection.sheets[:1]]
    if not detection.sheets or detection.sheets[0].confidence < SURE_CONFIDENCE:
        views.append(_View(pixels=pixels, corners=None))
    return tuple(views), hint


def _rectified_view(pixels: Pixels, corners: tuple[Corner, ...]) -> _View:
    return _View(pixels=rectify(pixels, corners, side=SIDE), corners=corners)


class _Stopwatch:
    """Record the wall time of consecutive steps."""

    def __init__(self) -> None:
        self.laps_ms: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, step: str) -> None:
        """Record the time since the last lap under this step's name."""
        now = time.perf_counter()
        self.laps_ms[step] = round((now - self._since) * 1000, 3)
        self._since = now
