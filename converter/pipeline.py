"""Build a bundle from a collection, caching every step so that a build can resume."""

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
from converter.build.decode import DecodedPrints
from converter.build.index import BuiltIndex
from converter.build.pictures import cached_picture
from converter.cache import Cache, source_code_sha256
from converter.calibrate import captures, duplicates, thresholds
from converter.calibrate.capture_cache import CaptureCache
from converter.calibrate.captures import PrintPicture, SimulatedCapture
from converter.calibrate.threshold_cache import ThresholdCache, print_digests
from converter.errors import BuildError, GateError
from converter.ingest import build_checks, collection
from converter.ingest.collection import Collection, Item, Refusal
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.picture_files import PictureFile
from converter.ingest.readers.source import Source
from converter.ingest.report import write as import_report
from converter.model import calibration, quantize, vgg16, weights
from converter.model.fingerprint_models import QuantisedModel, ReferenceModel
from converter.model.quantize import Variant
from converter.model.vgg16 import Profile
from converter.model.weights import Weights
from converter.parity import compare, report
from converter.parity.compare import GateMinimums, Parity, ParityPlan
from converter.progress import Progress
from device import __version__
from device.bundle import layout
from device.bundle.format_versions import FORMAT_VERSION
from device.bundle.manifest import Manifest, ModelSpec, Thresholds, identify
from device.bundle.pictures import Size
from device.bundle.reader import opened, sha256_of
from device.recognition.embedding import preprocess
from device.recognition.local.codebook import Codebook
from device.recognition.local.match import FeatureMatcher
from device.recognition.recogniser import Recogniser

_log = logging.getLogger(__name__)

DEFAULT_PROFILE: Profile = "caffe"
DEFAULT_VARIANT: Variant = "dynamic_int8"
# Part of the cache keys: raise it when `quantize` returns other bytes.
_MODEL_VERSION = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one build.

    Attributes:
        columns: A column map to use instead of the one in the collection's folder; `None` for that one.
        weights: A file of VGG16 weights; `None` looks in the cache, then fetches them.
        plan: How many captures are simulated and how many prints are compared.
        minimums: The gate: the minimum parity.
        max_refused_share: Share of the records that may be refused, 0..1.
        picture_quality: WebP quality of the large pictures, 0..100.
        workers: Processes that decode pictures.
        threads: Threads of the kiosk's model.
        refits_thresholds: Whether to fit the thresholds even if a cached fit on nearly the same prints exists.
    """

    collection: Source
    out: Path
    columns: Path | None
    weights: Path | None
    profile: Profile
    variant: Variant
    plan: ParityPlan
    minimums: GateMinimums
    max_refused_share: float
    picture_quality: int
    workers: int
    threads: int
    cache: Cache
    fetcher: Fetcher | None = None
    refits_thresholds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """A finished bundle, the records that were refused, and notes for staff."""

    manifest: Manifest
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...]


def build(options: Options, progress: Progress) -> BuildResult:
    """Build a bundle and swap it into place; on failure, keep the old bundle.

    Args:
        options: The options of this build.
        progress: Called for every step that takes over a second: step, units done, units in total.

    Raises:
        ConverterError: When a step fails, or parity is below the gate.
    """
    with atomic_swap.locked(options.out) as folder:
        source = _read_collection(options, progress)
        vgg16_weights = weights.find(options.weights, cache=options.cache.root, log=_log.info)
        model = _write_model(options, vgg16_weights, folder, progress)
        quantised = QuantisedModel(
            folder / layout.MODEL, model.sha256, options.cache, threads=options.threads
        )
        codebook = train_codebook.train(list(calibration.prints()))
        prints = _decode_prints(source, quantised, codebook, options, progress)
        pictures = prints.pictures()
        simulated = _simulate_captures(pictures, quantised, options, progress)
        built_index = index.build(
            prints.vectors,
            np.stack([capture.vector for capture in simulated]),
            folder / layout.INDEX,
            model_sha256=model.sha256,
            progress=_log.info,
        )
        _write_data_files(prints, source, built_index, codebook, options, folder)
        manifest = _draft_manifest(source, prints, model, built_index, thresholds.UNFITTED, folder)
        fitted = _fit_thresholds(manifest, prints, pictures, options, folder, progress)
        manifest = identify(replace(manifest, thresholds=fitted.thresholds))
        bundle_writer.write_manifest(manifest, folder)
        reference = ReferenceModel(vgg16_weights, options.profile, options.cache)
        with opened(folder) as bundle:
            parity = compare.compare(
                bundle,
                pictures,
                reference,
                plan=options.plan,
                quantised=quantised.batch,
                captures=simulated,
                make_capture=CaptureCache(cache=options.cache),
                progress=progress,
            )
            page = report.page(parity, options.minimums)
            probes = self_test.choose_probes(bundle, options.threads)
        _check_gate(parity, page, options)
        manifest = _write_final_manifest(manifest, parity, page, probes, folder)
        self_test.check(folder, options.threads)
        atomic_swap.swap_in(folder, options.out)
    _write_import_report(source, options, prints.refusals)
    notes = (*source.warnings, *prints.notes, *([fitted.note] if fitted.note else []))
    return BuildResult(manifest=manifest, refusals=prints.refusals, notes=notes)


def import_report_folder_of(out: Path) -> Path:
    """Return the folder next to a bundle that has the report of its import."""
    return out.with_name(f"{out.name}.import")


def _read_collection(options: Options, progress: Progress) -> Collection:
    """Return the collection, or stop before anything is computed."""
    source = collection.read(
        options.collection,
        columns=options.columns,
        progress=partial(progress, "read collection"),
        fetcher=options.fetcher,
    )
    page = _write_import_report(source, options, source.refusals)
    reasons = build_checks.reasons_to_stop(source, options.max_refused_share)
    if reasons:
        raise BuildError(f"{'; '.join(reasons)} (all of it: {page})")
    return source


def _write_import_report(source: Collection, options: Options, refusals: Sequence[Refusal]) -> Path:
    return import_report.write(
        source,
        import_report_folder_of(options.out),
        refusals=refusals,
        max_refused_share=options.max_refused_share,
    )


def model_key(vgg16_weights: Weights, profile: Profile, variant: Variant) -> tuple[str, ...]:
    """Return a model's key in the cache: hashes and names of everything it depends on."""
    return (vgg16_weights.sha256, profile, variant, _MODEL_VERSION, calibration.prints_sha256())


def _write_model(
    options: Options, vgg16_weights: Weights, folder: Path, progress: Progress
) -> ModelSpec:
    key = model_key(vgg16_weights, options.profile, options.variant)
    data = options.cache.get("model", *key)
    if data is None:
        _log.info("making the %s model", options.variant)
        network = vgg16.build(vgg16_weights, options.profile)
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
        weights_sha256=vgg16_weights.sha256,
        sha256=sha256_of(path),
    )


def _decode_prints(
    source: Collection,
    quantised: QuantisedModel,
    codebook: Codebook,
    options: Options,
    progress: Progress,
) -> DecodedPrints:
    return decode.decode_prints(
        source,
        quantised,
        codebook,
        cache=options.cache,
        quality=options.picture_quality,
        workers=options.workers,
        max_refused_share=options.max_refused_share,
        progress=progress,
    )


def _write_data_files(
    prints: DecodedPrints,
    source: Collection,
    built_index: BuiltIndex,
    codebook: Codebook,
    options: Options,
    folder: Path,
) -> None:
    def cached(item: Item, position: int, size: Size) -> bytes:
        file = item.pictures[position]
        return cached_picture(file, size, options.cache, options.picture_quality)

    bundle_writer.write_records(prints.items, source.languages, folder / layout.RECORDS)
    bundle_writer.write_pictures(prints.items, cached, folder)
    bundle_writer.write_arrays(prints.vectors, built_index.projection, folder)
    features.write(
        [_cached_features(file, codebook, options.cache) for file in prints.files], codebook, folder
    )


def _cached_features(file: PictureFile, codebook: Codebook, cache: Cache) -> features.FeatureEntry:
    entry = features.cached_entry(file.sha256, codebook, cache)
    if entry is None:
        raise BuildError(f"{file.path.name}: its local features are no longer cached; build again")
    return entry


def _simulate_captures(
    pictures: Sequence[PrintPicture],
    quantised: QuantisedModel,
    options: Options,
    progress: Progress,
) -> tuple[SimulatedCapture, ...]:
    return captures.take_captures(
        pictures,
        quantised.batch,
        count=options.plan.camera_queries,
        seed=options.plan.seed,
        make_capture=CaptureCache(cache=options.cache),
        progress=progress,
    )


def _fit_thresholds(
    unfitted: Manifest,
    prints: DecodedPrints,
    pictures: Sequence[PrintPicture],
    options: Options,
    folder: Path,
    progress: Progress,
) -> thresholds.FittedThresholds:
    """Return cached thresholds if they still fit these prints, else fit them.

    To fit them, the unfinished bundle is opened and the kiosk's recogniser answers simulated captures.
    """
    related = duplicates.related(folder / layout.RECORDS)
    cache = _threshold_cache(unfitted, options)
    digests = print_digests(prints.items, prints.vectors, related)
    cached = None if options.refits_thresholds else cache.get(digests)
    if cached is not None:
        return thresholds.FittedThresholds(thresholds=cached, note=thresholds.note_about(cached))
    bundle_writer.write_manifest(unfitted, folder)
    with opened(folder) as bundle:
        outcomes = thresholds.observe(
            Recogniser(bundle, threads=options.threads),
            FeatureMatcher(folder, unfitted.index.items),
            pictures,
            related,
            count=options.plan.camera_queries,
            seed=options.plan.seed,
            progress=progress,
        )
    fitted = thresholds.fit(outcomes)
    cache.put(digests, fitted.thresholds)
    return fitted


def _threshold_cache(unfitted: Manifest, options: Options) -> ThresholdCache:
    plan = options.plan
    parts = (unfitted.name, unfitted.model.sha256, str(plan.camera_queries), str(plan.seed))
    return ThresholdCache(cache=options.cache, parts=(*parts, source_code_sha256()))


def _draft_manifest(
    source: Collection,
    prints: DecodedPrints,
    model: ModelSpec,
    built_index: BuiltIndex,
    fitted: Thresholds,
    folder: Path,
) -> Manifest:
    return identify(
        Manifest(
            format_version=FORMAT_VERSION,
            bundle_id="",
            version=0,
            name=source.name,
            made_by=f"printkiosk {__version__}",
            items=len(prints.items),
            parts=bundle_writer.parts_of(prints.items),
            model=model,
            index=built_index.spec,
            thresholds=fitted,
            parity=None,
            languages=dict(sorted(source.languages.items())),
            probes=(),
            files=bundle_writer.entries(folder),
        )
    )


def _write_final_manifest(
    manifest: Manifest, parity: Parity, page: str, probes: tuple[str, ...], folder: Path
) -> Manifest:
    """Write the parity report and page, then the final manifest with its summary."""
    (folder / layout.PARITY).write_text(report.to_json(parity), "utf-8")
    (folder / layout.PARITY_PAGE).write_text(page, "utf-8")
    final = identify(
        replace(
            manifest,
            parity=compare.summary(parity),
            probes=probes,
            files=bundle_writer.entries(folder),
        )
    )
    bundle_writer.write_manifest(final, folder)
    return final


def _check_gate(parity: Parity, page: str, options: Options) -> None:
    failures = compare.gate(parity, options.minimums)
    if not failures:
        return
    failed_page = options.out.with_name(f"{options.out.name}.parity-failed.html")
    failed_page.write_text(page, "utf-8")
    raise GateError(
        f"parity is below the gate: {'; '.join(failures)}; see {failed_page}; the old bundle stays"
    )
