"""From collection to bundle: one straight line, each step kept so that a build goes on where it stopped."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from converter.build import (
    atomic_swap,
    bundle_writer,
    decode,
    features,
    index,
    self_test,
    train_codebook,
)
from converter.build.decode import Prints
from converter.build.index import BuiltIndex
from converter.build.pictures import picture
from converter.cache import Cache, own_code
from converter.calibrate import captures, duplicates, thresholds
from converter.calibrate.capture_cache import CaptureCache
from converter.calibrate.captures import PrintPicture, SimulatedCapture
from converter.calibrate.threshold_cache import ThresholdCache, print_digests
from converter.errors import BuildError, GateError
from converter.ingest import collection
from converter.ingest.collection import Collection, Item, Refusal
from converter.model import calibration, quantize, vgg16, weights
from converter.model.fingerprints import Quantised, Reference
from converter.model.quantize import Variant
from converter.model.vgg16 import Profile
from converter.model.weights import Weights
from converter.parity import compare, report
from converter.parity.compare import GateMinimums, Parity, ParityPlan
from converter.progress import Progress
from device import __version__
from device.bundle import layout
from device.bundle.manifest import FORMAT_VERSION, Manifest, ModelSpec, Thresholds, identify
from device.bundle.pictures import Size
from device.bundle.reader import opened, sha256_of
from device.recognition.embedding import preprocess
from device.recognition.local.codebook import Codebook
from device.recognition.local.match import FeatureMatcher
from device.recognition.recogniser import Recogniser

_log = logging.getLogger(__name__)

DEFAULT_PROFILE: Profile = "caffe"
DEFAULT_VARIANT: Variant = "dynamic_int8"
# In the cache's keys: raise it when `quantize` gives other bytes.
_MODEL_VERSION = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a build is asked for.

    Attributes:
        columns: A column map that isn't in the collection's folder.
        weights: A file of VGG16 weights; `None` looks in the cache, then fetches them.
        plan: How much is simulated and compared.
        picture_quality: Of the large pictures, WebP's 0..100.
        most_refused: Share of the records that may be refused, 0..1.
        fits_anew: Whether the thresholds are fitted even where an earlier build did so for nearly these prints.
    """

    collection: Path
    out: Path
    columns: Path | None
    weights: Path | None
    profile: Profile
    variant: Variant
    plan: ParityPlan
    minimums: GateMinimums
    most_refused: float
    picture_quality: int
    workers: int
    threads: int
    cache: Cache
    fits_anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A bundle in its place, and what became of the records that are not in it."""

    manifest: Manifest
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...]


def build(options: Options, progress: Progress) -> Built:
    """Build a bundle and put it into place, or leave what was there as it is.

    Args:
        options: What is asked for.
        progress: Told of everything that takes over a second: what, how much is done, how much there is.

    Raises:
        ConverterError: When a step fails, or parity stays below the marks.
    """
    with atomic_swap.claimed(options.out) as folder:
        read = collection.read(
            options.collection,
            columns=options.columns,
            progress=partial(progress, "read collection"),
        )
        found = weights.find(options.weights, cache=options.cache.root, say=_log.info)
        model = _write_model(options, found, folder, progress)
        quantised = Quantised(
            folder / layout.MODEL, model.sha256, options.cache, threads=options.threads
        )
        book = train_codebook.train(list(calibration.prints()))
        prints = _find(read, quantised, book, options, progress)
        pictures = prints.pictures()
        taken = _take(pictures, quantised, options, progress)
        built = index.build(
            prints.vectors,
            np.stack([capture.vector for capture in taken]),
            folder / layout.INDEX,
            model_sha256=model.sha256,
            progress=_log.info,
        )
        _write_parts(prints, read, built, book, options, folder)
        manifest = _manifest(read, prints, model, built, thresholds.UNFITTED, folder)
        fitted = _fit(manifest, prints, pictures, options, folder, progress)
        manifest = identify(replace(manifest, thresholds=fitted.thresholds))
        bundle_writer.write_manifest(manifest, folder)
        reference = Reference(found, options.profile, options.cache)
        with opened(folder) as bundle:
            measured = compare.compare(
                bundle,
                pictures,
                reference,
                plan=options.plan,
                quantised=quantised.batch,
                captures=taken,
                make_capture=CaptureCache(cache=options.cache),
                progress=progress,
            )
            page = report.page(measured, options.minimums)
            probes = self_test.choose_probes(bundle, options.threads)
        _check_gate(measured, page, options)
        manifest = _seal(manifest, measured, page, probes, folder)
        self_test.check(folder, options.threads)
        atomic_swap.put(folder, options.out)
    notes = (*read.warnings, *([fitted.note] if fitted.note else []))
    return Built(manifest=manifest, refusals=prints.refusals, notes=notes)


def model_key(found: Weights, profile: Profile, variant: Variant) -> tuple[str, ...]:
    """Give what a model depends on, and is kept by in the cache."""
    return (found.sha256, profile, variant, _MODEL_VERSION, calibration.prints_sha256())


def _write_model(options: Options, found: Weights, folder: Path, progress: Progress) -> ModelSpec:
    key = model_key(found, options.profile, options.variant)
    data = options.cache.get("model", *key)
    if data is None:
        _log.info("making the %s model", options.variant)
        network = vgg16.build(found, options.profile)
        data = quantize.convert(
            network,
            options.variant,
            calibration.prints(),
            progress=partial(progress, "round the weights"),
        )
        options.cache.put("model", *key, data=data)
    path = folder / layout.MODEL
    path.write_bytes(data)
    return ModelSpec(
        variant=options.variant,
        preprocess=options.profile,
        resize=preprocess.RESIZE,
        input_size=preprocess.INPUT_SIDE,
        dimensions=vgg16.DIMENSIONS,
        weights_sha256=found.sha256,
        sha256=sha256_of(path),
    )


def _find(
    read: Collection, quantised: Quantised, book: Codebook, options: Options, progress: Progress
) -> Prints:
    return decode.find(
        read,
        quantised,
        book,
        cache=options.cache,
        quality=options.picture_quality,
        workers=options.workers,
        most_refused=options.most_refused,
        progress=progress,
    )


def _write_parts(
    prints: Prints,
    read: Collection,
    built: BuiltIndex,
    book: Codebook,
    options: Options,
    folder: Path,
) -> None:
    def prepared(item: Item, size: Size) -> bytes:
        return picture(item, size, options.cache, options.picture_quality)

    bundle_writer.write_records(prints.items, read.languages, folder / layout.RECORDS)
    bundle_writer.write_pictures(prints.items, prepared, folder)
    bundle_writer.write_arrays(prints.vectors, built.projection, folder)
    features.write([_details(item, book, options.cache) for item in prints.items], book, folder)


def _details(item: Item, book: Codebook, cache: Cache) -> features.FeatureEntry:
    entry = features.kept(item.image_sha256, book, cache)
    if entry is None:
        raise BuildError(f"{item.record_id}: its details have left the cache; build again")
    return entry


def _take(
    pictures: Sequence[PrintPicture], quantised: Quantised, options: Options, progress: Progress
) -> tuple[SimulatedCapture, ...]:
    return captures.take_captures(
        pictures,
        quantised.batch,
        count=options.plan.camera_queries,
        seed=options.plan.seed,
        make_capture=CaptureCache(cache=options.cache),
        progress=progress,
    )


def _fit(
    unfitted: Manifest,
    prints: Prints,
    pictures: Sequence[PrintPicture],
    options: Options,
    folder: Path,
    progress: Progress,
) -> thresholds.FittedThresholds:
    """Open the bundle as far as it is, and see what the kiosk makes of captures; or take what was fitted before."""
    related = duplicates.related(folder / layout.RECORDS)
    kept = _carried(unfitted, options)
    digests = print_digests(prints.items, prints.vectors, related)
    earlier = None if options.fits_anew else kept.get(digests)
    if earlier is not None:
        return thresholds.FittedThresholds(thresholds=earlier, note=thresholds.note_about(earlier))
    bundle_writer.write_manifest(unfitted, folder)
    with opened(folder) as bundle:
        outcomes = thresholds.observe(
            Recogniser(bundle, threads=options.threads),
            FeatureMatcher(folder, unfitted.items),
            pictures,
            related,
            count=options.plan.camera_queries,
            seed=options.plan.seed,
            progress=progress,
        )
    fitted = thresholds.fit(outcomes)
    kept.put(digests, fitted.thresholds)
    return fitted


def _carried(unfitted: Manifest, options: Options) -> ThresholdCache:
    plan = options.plan
    parts = (unfitted.name, unfitted.model.sha256, str(plan.camera_queries), str(plan.seed))
    return ThresholdCache(cache=options.cache, parts=(*parts, own_code()))


def _manifest(
    read: Collection,
    prints: Prints,
    model: ModelSpec,
    built: BuiltIndex,
    fitted: Thresholds,
    folder: Path,
) -> Manifest:
    return identify(
        Manifest(
            format_version=FORMAT_VERSION,
            bundle_id="",
            version=0,
            name=read.name,
            made_by=f"printkiosk {__version__}",
            items=len(prints.items),
            model=model,
            index=built.spec,
            thresholds=fitted,
            parity=None,
            languages=dict(sorted(read.languages.items())),
            probes=(),
            files=bundle_writer.entries(folder),
        )
    )


def _seal(
    manifest: Manifest, measured: Parity, page: str, probes: tuple[str, ...], folder: Path
) -> Manifest:
    """Write what was measured, and the manifest anew with it in."""
    (folder / layout.PARITY).write_text(report.to_json(measured), "utf-8")
    (folder / layout.PARITY_PAGE).write_text(page, "utf-8")
    sealed = identify(
        replace(
            manifest,
            parity=compare.summary(measured),
            probes=probes,
            files=bundle_writer.entries(folder),
        )
    )
    bundle_writer.write_manifest(sealed, folder)
    return sealed


def _check_gate(measured: Parity, page: str, options: Options) -> None:
    failures = compare.gate(measured, options.minimums)
    if not failures:
        return
    beside = options.out.with_name(f"{options.out.name}.parity-failed.html")
    beside.write_text(page, "utf-8")
    raise GateError(
        f"parity below the marks: {'; '.join(failures)}; see {beside}; the old bundle stays"
    )
