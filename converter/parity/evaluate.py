"""Evaluate a bundle at the desk, with full-precision TensorFlow as a reference.

The evaluation is the kiosk's own, on the museum's pictures. TensorFlow runs after the kiosk has answered all frames, so
it takes no time from what is being timed.
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
from converter.ingest.fetch.fetcher import Fetcher
from converter.model import weights
from converter.model.fingerprint_models import ReferenceModel
from converter.model.vgg16 import profile_of
from converter.progress import Progress
from device.bundle import layout
from device.bundle.reader import OpenedBundle, opened
from device.bundle.records import Record
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.imaging.rectify import rectify
from device.recognition.embedding.fingerprint import Fingerprint, Fingerprinter
from device.recognition.embedding.nearest import FingerprintIndex, Vectors, load_array, normalise
from device.recognition.embedding.preprocess import to_input
from device.recognition.recogniser import SIDE, Answer
from evaluation import evaluate as kiosk_evaluation
from evaluation import metrics
from evaluation.dataset import EvaluationPrint, Load, prints_of
from evaluation.evaluate import ReferenceObserver
from evaluation.queries import EvaluationQuery, QueryPicture, QuerySection, SectionKind
from evaluation.results import EvaluationReport, ReferenceLine

MOST_A_LEVEL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptFrame:
    """A frame as both sides get it, uint8 (224, 224, 3), with its right and left-out rows."""

    right: frozenset[int]
    without: frozenset[int]
    whole: Pixels
    sheet: Pixels


class ReferenceComparison:
    """Keeps frames that the kiosk recognises, and compares both sides on them at the end."""

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
        """Start without any frames.

        Args:
            bundle: The kiosk's bundle.
            prints: All prints of the bundle, with their pictures.
            reference: Full-precision TensorFlow; returns float32 (N, 512) for uint8 (N, 224, 224, 3).
            threads: Threads for the kiosk's model.
            most: Largest number of frames kept for each section.
            progress: Called after each batch of TensorFlow.
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
        """Keep a query's frame, and the sheet that the kiosk has cut out of the frame."""
        if section.kind not in (SectionKind.LEVEL, SectionKind.PAIRS):
            return
        kept = self._kept.setdefault(section.name, [])
        if len(kept) >= self._most or not query.right:
            return
        sheet = rectify(shown.pixels, answer.sheet, side=SIDE) if answer.sheet else shown.pixels
        kept.append(
            _KeptFrame(
                right=query.right,
                without=query.without,
                whole=to_input(shown.pixels),
                sheet=to_input(sheet),
            )
        )

    def lines(self) -> tuple[ReferenceLine, ...]:
        """Compare kiosk and reference on the kept frames; return one result for each section."""
        if not any(self._kept.values()):
            return ()
        known = self._collection_fingerprints()
        kiosk = Fingerprinter(
            self._bundle.file(layout.MODEL),
            self._bundle.manifest.model.sha256,
            threads=self._threads,
        )
        index = FingerprintIndex(self._bundle.path, self._bundle.manifest.index)
        stored = load_array(self._bundle.file(layout.FINGERPRINTS))
        return tuple(
            self._line(name, kept_frames, known, kiosk, index, stored)
            for name, kept_frames in self._kept.items()
            if kept_frames
        )

    def _collection_fingerprints(self) -> Vectors:
        """Return the reference's fingerprints of all prints: float32 (N, 512), unit length."""
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
        kept_frames: Sequence[_KeptFrame],
        known: Vectors,
        kiosk: Fingerprinter,
        index: FingerprintIndex,
        stored: Vectors,
    ) -> ReferenceLine:
        whole = self._reference_fingerprints(
            f"{name}, whole frames", [one.whole for one in kept_frames]
        )
        reference_vectors = self._reference_fingerprints(
            f"{name}, sheets", [one.sheet for one in kept_frames]
        )
        kiosk_fingerprints = [kiosk(one.sheet) for one in kept_frames]
        vectors = normalise(np.stack([fingerprint.vector for fingerprint in kiosk_fingerprints]))
        cosines = (reference_vectors.astype(np.float64) * vectors).sum(axis=1)
        reference_first = _nearest_rows(known, reference_vectors, kept_frames)
        kiosk_first = _nearest_rows(stored, vectors, kept_frames)
        return ReferenceLine(
            name=name,
            count=len(kept_frames),
            seed_r1=metrics.share_of(
                _are_right(_nearest_rows(known, whole, kept_frames), kept_frames)
            ),
            crop_r1=metrics.share_of(_are_right(reference_first, kept_frames)),
            cosine_median=round(float(np.median(cosines)), 6),
            cosine_lowest=round(float(cosines.min()), 6),
            same_first=metrics.share_of(
                [a == b for a, b in zip(reference_first, kiosk_first, strict=True)]
            ),
            same_as_exact=metrics.share_of(
                [
                    _nearest_by_index(index, fingerprint, one.without) == row
                    for fingerprint, one, row in zip(
                        kiosk_fingerprints, kept_frames, kiosk_first, strict=True
                    )
                ]
            ),
        )


def evaluate(
    options: argparse.Namespace,
    *,
    cache: Cache,
    fetcher: Fetcher | None,
    threads: int,
    progress: Progress,
) -> EvaluationReport:
    """Evaluate a bundle like `evaluation.evaluate`, and compare it with TensorFlow.

    Raises:
        ConverterError: When the collection is not the bundle's, or the weights are not its own.
        EvaluationError: When the bundle or the options leave nothing to evaluate.
    """
    found = weights.find(options.weights, cache=cache.root)
    with opened(options.bundle) as bundle:
        model = bundle.manifest.model
        if found.sha256 != model.weights_sha256:
            raise BuildError(
                f"{options.bundle}: made with weights {model.weights_sha256[:12]}, found {found.sha256[:12]}; "
                "name the right file with --weights"
            )
        if options.collection:
            read = collection.read(
                options.collection,
                progress=partial(progress, "read collection"),
                fetcher=fetcher,
            )
            load = _collection_loader(bundle, read)
        else:
            _check_all_shown(bundle)
            load = None
        comparison = ReferenceComparison(
            bundle,
            prints_of(bundle, load),
            ReferenceModel(found, profile_of(model.preprocess), cache),
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
    """Raise if the bundle lacks the picture of a print; the reference needs them all."""
    records = [bundle.records.at(item) for item in range(bundle.manifest.items)]
    hidden = [record.record_id for record in records if not record.show_picture]
    if hidden:
        raise BuildError(
            f"{bundle.path}: {len(hidden)} prints have no picture (such as {hidden[0]}); "
            "name the collection with --collection"
        )


def _collection_loader(bundle: OpenedBundle, read: collection.Collection) -> Load:
    """Return a function that loads the museum's own picture of a record."""
    images = {item.record_id: item.image for item in read.items}
    for row in range(bundle.manifest.items):
        record_id = bundle.records.at(row).record_id
        if record_id not in images:
            raise BuildError(
                f"{read.path}: expected the collection that {bundle.path} was built from, found no {record_id}; "
                "build the bundle again"
            )
    return partial(_load_picture, images)


def _load_picture(images: Mapping[str, Path], record: Record) -> Pixels:
    return decoding.load(images[record.record_id], side=decoding.UPLOAD_SIDE)


def _nearest_rows(known: Vectors, queries: Vectors, kept_frames: Sequence[_KeptFrame]) -> list[int]:
    """Return the nearest row of each query by exact search, left-out rows excepted."""
    cosines = queries @ known.T
    for row, one in zip(cosines, kept_frames, strict=True):
        row[list(one.without)] = -np.inf
    return [int(row) for row in cosines.argmax(axis=1)]


def _are_right(first: Sequence[int], kept_frames: Sequence[_KeptFrame]) -> list[bool]:
    return [row in one.right for row, one in zip(first, kept_frames, strict=True)]


def _nearest_by_index(
    index: FingerprintIndex, fingerprint: Fingerprint, without: frozenset[int]
) -> int:
    found = index.nearest(fingerprint, 1 + len(without))
    return next(neighbour.item for neighbour in found if neighbour.item not in without)
