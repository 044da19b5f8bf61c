"""The evaluation at the desk: the kiosk's own, on the museum's pictures, with full-precision TensorFlow looking on.

TensorFlow is asked when all frames have been answered, so that it takes no time from what is being timed.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from converter.cache import Cache
from converter.calibrate.captures import BATCH, Batch, Fingerprints, batched, unit_fingerprints
from converter.errors import BuildError
from converter.ingest import collection
from converter.model import weights
from converter.model.fingerprints import Reference
from converter.model.vgg16 import profile_of
from converter.progress import Progress
from device.bundle import layout
from device.bundle.reader import OpenedBundle, opened
from device.bundle.records import Record
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.embedding.fingerprint import Fingerprint, Fingerprinter
from device.recognition.embedding.nearest import Index, Vectors, load_array, unit
from device.recognition.embedding.preprocess import to_input
from device.recognition.recogniser import SIDE, Answer
from device.recognition.sheet import detect
from evaluation import evaluate as kiosk_evaluation
from evaluation import metrics
from evaluation.dataset import EvaluationPrint, Load, prints_of
from evaluation.evaluate import ReferenceObserver
from evaluation.queries import EvaluationQuery, QueryPicture, QuerySection, SectionKind
from evaluation.results import EvaluationReport, ReferenceLine

MOST_A_LEVEL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptFrame:
    """One frame, as both sides are given it: uint8 (224, 224, 3) each; with the rows that are right, and left out."""

    right: frozenset[int]
    without: frozenset[int]
    whole: Pixels
    sheet: Pixels


class ReferenceComparison:
    """Keeps what the kiosk is shown, a hundred captures a level, and asks both sides about it in the end."""

    def __init__(
        self,
        bundle: OpenedBundle,
        prints: Sequence[EvaluationPrint],
        reference: Fingerprints,
        *,
        threads: int,
        most: int = MOST_A_LEVEL,
        progress: Progress,
    ) -> None:
        """Keep nothing yet.

        Args:
            bundle: The kiosk's.
            prints: All of it, with their pictures.
            reference: Full-precision TensorFlow: float32 (N, 512) for uint8 (N, 224, 224, 3).
            threads: Of the kiosk's model.
            most: Frames kept a section.
            progress: Told while TensorFlow is asked.
        """
        self._bundle = bundle
        self._prints = prints
        self._reference = reference
        self._threads = threads
        self._most = most
        self._progress = progress
        self._kept: dict[str, list[_KeptFrame]] = {}

    def observe(
        self, section: QuerySection, query: EvaluationQuery, shown: QueryPicture, answer: Answer
    ) -> None:
        """Keep a frame, and the sheet that the kiosk cut out of it."""
        if section.kind not in (SectionKind.LEVEL, SectionKind.PAIRS):
            return
        kept = self._kept.setdefault(section.name, [])
        if len(kept) >= self._most or not query.right:
            return
        sheet = (
            detect.straighten(shown.pixels, answer.sheet, side=SIDE)
            if answer.sheet
            else shown.pixels
        )
        kept.append(
            _KeptFrame(
                right=query.right,
                without=query.without,
                whole=to_input(shown.pixels),
                sheet=to_input(sheet),
            )
        )

    def lines(self) -> tuple[ReferenceLine, ...]:
        """Ask both sides, and give what they say of each section."""
        if not any(self._kept.values()):
            return ()
        known = self._collection_fingerprints()
        kiosk = Fingerprinter(
            self._bundle.file(layout.MODEL),
            self._bundle.manifest.model.sha256,
            threads=self._threads,
        )
        index = Index(self._bundle.path, self._bundle.manifest.index)
        stored = load_array(self._bundle.file(layout.FINGERPRINTS))
        return tuple(
            self._line(name, frames_kept, known, kiosk, index, stored)
            for name, frames_kept in self._kept.items()
            if frames_kept
        )

    def _collection_fingerprints(self) -> Vectors:
        """Give the reference's fingerprints of all prints: float32 (N, 512), unit length."""
        rows: list[Vectors] = []
        done = 0
        for batch in batched(self._prints, BATCH):
            rows.append(
                unit_fingerprints(
                    self._reference, np.stack([to_input(one.load()) for one in batch])
                )
            )
            done += len(batch)
            self._progress("the collection, by TensorFlow", done, len(self._prints))
        return np.concatenate(rows)

    def _reference_fingerprints(self, what: str, pictures: Sequence[Pixels]) -> Vectors:
        rows = []
        for start in range(0, len(pictures), BATCH):
            batch: Batch = np.stack(pictures[start : start + BATCH])
            rows.append(unit_fingerprints(self._reference, batch))
            self._progress(f"{what}, by TensorFlow", start + len(batch), len(pictures))
        return np.concatenate(rows)

    def _line(
        self,
        name: str,
        frames_kept: Sequence[_KeptFrame],
        known: Vectors,
        kiosk: Fingerprinter,
        index: Index,
        stored: Vectors,
    ) -> ReferenceLine:
        whole = self._reference_fingerprints(
            f"{name}, whole frames", [one.whole for one in frames_kept]
        )
        theirs = self._reference_fingerprints(f"{name}, sheets", [one.sheet for one in frames_kept])
        ours = [kiosk(one.sheet) for one in frames_kept]
        vectors = unit(np.stack([fingerprint.vector for fingerprint in ours]))
        cosines = (theirs.astype(np.float64) * vectors).sum(axis=1)
        their_first, our_first = _nearest_rows(known, theirs, frames_kept), _nearest_rows(
            stored, vectors, frames_kept
        )
        return ReferenceLine(
            name=name,
            count=len(frames_kept),
            seed_r1=metrics.share_of(
                _are_right(_nearest_rows(known, whole, frames_kept), frames_kept)
            ),
            crop_r1=metrics.share_of(_are_right(their_first, frames_kept)),
            cosine_median=round(float(np.median(cosines)), 6),
            cosine_lowest=round(float(cosines.min()), 6),
            same_first=metrics.share_of(
                [a == b for a, b in zip(their_first, our_first, strict=True)]
            ),
            same_as_exact=metrics.share_of(
                [
                    _nearest_by_index(index, fingerprint, one.without) == row
                    for fingerprint, one, row in zip(ours, frames_kept, our_first, strict=True)
                ]
            ),
        )


def evaluate(
    options: argparse.Namespace, *, cache: Cache, threads: int, progress: Progress
) -> EvaluationReport:
    """Evaluate a bundle at the desk, as `evaluation.evaluate` does, with the TensorFlow reference.

    Raises:
        ConverterError: When the collection is not the bundle's, or the weights not those it was made with.
        EvaluationError: When there is nothing to ask with.
    """
    found = weights.find(options.weights, cache=cache.root)
    with opened(options.bundle) as bundle:
        model = bundle.manifest.model
        if found.sha256 != model.weights_sha256:
            raise BuildError(
                f"{options.bundle}: made with weights {model.weights_sha256[:12]}, found {found.sha256[:12]}; "
                "give those with --weights"
            )
        if options.collection:
            load = _collection_loader(bundle, options.collection, progress)
        else:
            _check_all_shown(bundle)
            load = None
        comparison = ReferenceComparison(
            bundle,
            prints_of(bundle, load),
            Reference(found, profile_of(model.preprocess), cache),
            threads=threads,
            progress=progress,
        )
        return kiosk_evaluation.evaluate(
            bundle,
            options,
            threads=threads,
            progress=progress,
            load=load,
            observer=ReferenceObserver(observe=comparison.observe, lines=comparison.lines),
        )


def _check_all_shown(bundle: OpenedBundle) -> None:
    """Refuse a bundle that holds no picture of some prints: the reference needs them all."""
    records = [bundle.records.at(item) for item in range(bundle.manifest.items)]
    hidden = [record.record_id for record in records if not record.show_picture]
    if hidden:
        raise BuildError(
            f"{bundle.path}: {len(hidden)} prints are without a picture (such as {hidden[0]}); "
            "give the collection with --collection"
        )


def _collection_loader(bundle: OpenedBundle, path: Path, progress: Progress) -> Load:
    """Give the way to the museum's own picture of each record."""
    read = collection.read(path, progress=partial(progress, "read collection"))
    images = {item.record_id: item.image for item in read.items}
    for row in range(bundle.manifest.items):
        record_id = bundle.records.at(row).record_id
        if record_id not in images:
            raise BuildError(
                f"{path}: expected the collection that {bundle.path} was built from, found no {record_id}; "
                "build the bundle again"
            )
    return partial(_load_picture, images)


def _load_picture(images: Mapping[str, Path], record: Record) -> Pixels:
    return frames.load(images[record.record_id], side=frames.UPLOAD_SIDE)


def _nearest_rows(known: Vectors, queries: Vectors, frames_kept: Sequence[_KeptFrame]) -> list[int]:
    """Give the nearest print of each query, by exact search among those that are not left out."""
    cosines = queries @ known.T
    for row, one in zip(cosines, frames_kept, strict=True):
        row[list(one.without)] = -np.inf
    return [int(row) for row in cosines.argmax(axis=1)]


def _are_right(first: Sequence[int], frames_kept: Sequence[_KeptFrame]) -> list[bool]:
    return [row in one.right for row, one in zip(first, frames_kept, strict=True)]


def _nearest_by_index(index: Index, fingerprint: Fingerprint, without: frozenset[int]) -> int:
    found = index.nearest(fingerprint, 1 + len(without))
    return next(neighbour.item for neighbour in found if neighbour.item not in without)
