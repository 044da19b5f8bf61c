"""Run a whole evaluation on a kiosk or at the desk, and write its JSON and its page."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from device.bundle.reader import OpenedBundle
from device.errors import EvaluationError
from device.imaging.picture_decoder import InProcessDecoder, PictureDecoder
from device.recognition.recogniser import Recogniser
from evaluation import ground_truth, run_queries, summary
from evaluation.dataset import Load, prints_of
from evaluation.model_timing import ModelTiming
from evaluation.plan import plan_of
from evaluation.report import page
from evaluation.results import EvaluationReport, ReferenceLine
from evaluation.run_queries import Material, Progress, QueryObserver

JSON, PAGE = "evaluation.json", "evaluation.html"
_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceObserver:
    """Callbacks of the desk's reference: one for each query, one for the results."""

    observe: QueryObserver
    lines: Callable[[], tuple[ReferenceLine, ...]]


def evaluate(
    bundle: OpenedBundle,
    options: argparse.Namespace,
    *,
    threads: int,
    progress: Progress,
    load: Load | None = None,
    decoder: PictureDecoder | None = None,
    observer: ReferenceObserver | None = None,
) -> EvaluationReport:
    """Run the evaluation's queries, and write JSON and page into the folder `options.out`.

    Args:
        bundle: The bundle to evaluate.
        options: Parsed options of `plan.add_options`.
        threads: Threads for the model.
        load: Returns a record's picture; `None` uses the bundle's own.
        decoder: Decodes the files of folders; `None` decodes them in this process.
        observer: The desk's reference.

    Raises:
        EvaluationError: When the bundle or the options leave nothing to evaluate.
    """
    plan = plan_of(options)
    material, refused = _material(bundle, options, load)
    options.out.mkdir(parents=True, exist_ok=True)  # fail now rather than after minutes of queries
    recogniser = Recogniser(bundle, threads=threads)
    timing = ModelTiming(bundle, threads=threads)
    run = run_queries.run(
        recogniser,
        run_queries.sections(material, plan, decoder or InProcessDecoder()),
        progress=progress,
        observer=observer.observe if observer else None,
        after_query=timing.time_occasionally,
    )
    report = summary.summarise(
        run,
        bundle.manifest,
        plan,
        threads=threads,
        model_ms=timing.median_ms,
        refused=refused,
        reference=observer.lines() if observer else (),
    )
    (options.out / JSON).write_text(page.to_json_text(report), "utf-8")
    (options.out / PAGE).write_text(page.page(report, run.failures), "utf-8")
    return report


def results_lines(report: EvaluationReport) -> str:
    """Return one line of text for each target, with the value that was found."""
    lines = []
    for mark in report.marks:
        found = "not measured" if mark.found is None else f"{mark.found:.4g}"
        sign = ">=" if mark.is_at_least else "<="
        state = {None: "    ", True: "ok  ", False: "MISS"}[mark.is_met]
        lines.append(
            f"{state} {mark.name}: {found} (wanted {sign} {mark.wanted:g}, of {mark.count})"
        )
    return "\n".join(lines)


def _material(
    bundle: OpenedBundle, options: argparse.Namespace, load: Load | None
) -> tuple[Material, tuple[str, ...]]:
    prints = prints_of(bundle, load)
    if not any(one.record.show_picture for one in prints):
        raise EvaluationError(
            f"{bundle.path}: expected prints whose pictures may be shown, found none"
        )
    if (options.photos is None) != (options.ground_truth is None):
        raise EvaluationError(
            "expected both --photos and --ground-truth, found one; give the other too"
        )
    known = {one.record.record_id for one in prints}
    nothing = ground_truth.GroundTruth(pictures=(), refusals=())
    pairs = (
        ground_truth.pairs(_folder(options.collection), known) if options.collection else nothing
    )
    photographs = (
        ground_truth.photographs(options.ground_truth, _folder(options.photos), known)
        if options.photos
        else nothing
    )
    material = Material(
        prints=prints,
        pairs=pairs.pictures,
        photographs=photographs.pictures,
        distractors=_distractors(options.distractors, known) if options.distractors else (),
    )
    return material, (*pairs.refusals, *photographs.refusals)


def _distractors(folder: Path, known: set[str]) -> tuple[Path, ...]:
    """Return a folder's pictures, except those named after a record of the bundle."""
    found = sorted(p for p in _folder(folder).rglob("*") if p.suffix.lower() in _PICTURES)
    others = tuple(path for path in found if path.stem not in known)
    if not others:
        raise EvaluationError(
            f"{folder}: expected pictures of prints that are not in the bundle, found none"
        )
    return others


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise EvaluationError(f"{path}: expected a folder, found none")
    return path
