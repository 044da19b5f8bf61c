"""Fixtures for all tests, such as a bundle of twelve real prints with the real model."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shared_codebook import trained_codebook

from converter import pipeline
from converter.build import bundle_writer, features, index
from converter.cache import Cache
from converter.ingest import collection
from converter.ingest.collection import Item
from converter.model import weights
from converter.model.weights import Weights
from device.bundle import layout
from device.bundle.format_versions import FORMAT_VERSION
from device.bundle.manifest import Manifest, ModelSpec, Thresholds, identify, parse
from device.bundle.pictures import SIDES, Size
from device.bundle.reader import OpenedBundle, opened, sha256_of
from device.imaging import decoding, encoding
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import DIMENSIONS, Fingerprinter
from device.recognition.embedding.nearest import Vectors, normalise

ROOT = Path(__file__).parents[1]
COLLECTION = ROOT / "demo/collection"
# A path to another model to test with, such as a new one; if not set, the demo bundle's own.
MODEL_VARIABLE = "KIOSK_TEST_MODEL"
PRINTS = 12


@pytest.fixture(scope="session")
def model_file() -> Path:
    """The real quantised model."""
    path = Path(os.environ.get(MODEL_VARIABLE) or ROOT / "demo/bundle" / layout.MODEL)
    if not path.is_file():
        pytest.fail(f"{path}: expected the demo bundle's model; run `make bundle`")
    return path


@pytest.fixture(scope="session")
def small_items() -> tuple[Item, ...]:
    """Twelve real prints from all over the demo collection; the last one may not be shown."""
    items = collection.read(COLLECTION).items
    chosen = [items[row * len(items) // PRINTS] for row in range(PRINTS)]
    return (*chosen[:-1], replace(chosen[-1], show_picture=False))


@pytest.fixture(scope="session")
def small_bundle(
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
    model_file: Path,
    small_items: tuple[Item, ...],
) -> Path:
    """A complete bundle of twelve real prints. Never write to it; use `bundle_copy` for that."""
    # The workers of one run share it.
    own = tmp_path_factory.getbasetemp()
    root = own if worker_id == "master" else own.parent
    folder = root / "small-bundle"
    with (root / "small-bundle.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            building = tmp_path_factory.mktemp("small")
            _build_small_bundle(building, model_file, small_items)
            building.rename(folder)
    return folder


@pytest.fixture(scope="session")
def bundle_of_several_pictures(
    tmp_path_factory: pytest.TempPathFactory, model_file: Path, small_items: tuple[Item, ...]
) -> Path:
    """Four prints; the first has three pictures, and titles in two languages."""
    first, verso, detail, *others = small_items
    titles = {"de": "Persische Schwertlilie", "fr": "Iris de Perse"}
    several = replace(first, more_images=(*verso.pictures, *detail.pictures), titles=titles)
    folder = tmp_path_factory.mktemp("several")
    _build_small_bundle(folder, model_file, (several, *others[:3]))
    return folder


def _build_small_bundle(folder: Path, model_file: Path, small_items: tuple[Item, ...]) -> None:
    shutil.copyfile(model_file, folder / layout.MODEL)
    model_sha256 = sha256_of(folder / layout.MODEL)
    files = [item.pictures[0] for item in small_items]
    files += [file for item in small_items for file in item.more_images]
    pictures = {
        (file.path, size): encoding.to_webp(decoding.load(file.path), side=side, quality=80)
        for file in files
        for size, side in SIDES.items()
    }
    screens = [pictures[file.path, "screen"] for file in files]
    vectors = _fingerprints(folder, screens)
    built = index.build(vectors, vectors, folder / layout.INDEX, model_sha256=model_sha256)

    def picture(item: Item, position: int, size: Size) -> bytes:
        return pictures[item.pictures[position].path, size]

    bundle_writer.write_records(small_items, {"title": "en", "note": "en"}, folder / layout.RECORDS)
    bundle_writer.write_pictures(small_items, picture, folder)
    bundle_writer.write_arrays(vectors, built.projection, folder)
    book = trained_codebook()
    entries = [
        features.make_entry(decoding.decode(screen, name="screen"), book) for screen in screens
    ]
    features.write(entries, book, folder)
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        bundle_id="",
        version=0,
        name="Twelve prints",
        made_by="the tests",
        items=len(small_items),
        parts=bundle_writer.parts_of(small_items),
        model=ModelSpec(
            variant="dynamic_int8",
            preprocess="caffe",
            resize=preprocess.RESIZE,
            input_size=preprocess.INPUT_SIDE,
            dimensions=DIMENSIONS,
            weights_sha256="0" * 64,
            sha256=model_sha256,
        ),
        index=built.spec,
        thresholds=Thresholds(
            inliers=12,
            covered=0.1,
            gap=12.0,
            same_image=0.9,
            similar=0.75,
            margins=0.0,
            false_accepts=0.0,
            missed=0.0,
            false_similar=0.0,
            fitted_on=1,
            measured_on=1,
            changed=0,
        ),
        parity=None,
        languages={"title": "en", "note": "en"},
        probes=tuple(item.record_id for item in small_items[:3]),
        files=bundle_writer.entries(folder),
    )
    bundle_writer.write_manifest(identify(manifest), folder)


def _fingerprints(folder: Path, pictures: list[bytes]) -> Vectors:
    fingerprint = Fingerprinter(folder / layout.MODEL, "small", threads=2)
    pixels = [decoding.decode(data, name="screen") for data in pictures]
    return normalise(np.stack([fingerprint(preprocess.to_input(p)).vector for p in pixels]))


@pytest.fixture(scope="session")
def imagenet() -> Weights:
    """The real weights, from the user's cache or fetched into it."""
    return weights.find(None, cache=weights.default_cache(os.environ, Path.home()))


@pytest.fixture(scope="session")
def desk_cache(tmp_path_factory: pytest.TempPathFactory, imagenet: Weights) -> Cache:
    """A cache with the user's weights and the demo's model, which `test_quantize` verifies."""
    users = weights.default_cache(os.environ, Path.home())
    root = tmp_path_factory.mktemp("desk-cache")
    kept = weights.cache_file(users)
    weights.cache_file(root).symlink_to(kept)
    cache = Cache(root=root)
    key = pipeline.model_key(imagenet, pipeline.DEFAULT_PROFILE, pipeline.DEFAULT_VARIANT)
    cache.put("model", *key, data=(ROOT / "demo/bundle/model.tflite").read_bytes())
    return cache


@pytest.fixture
def bundle_copy(small_bundle: Path, tmp_path: Path) -> Path:
    """A copy of the small bundle to damage.

    Its files are hard links: replace them, and never write to them.
    """
    folder = tmp_path / "bundle"
    shutil.copytree(small_bundle, folder, copy_function=os.link)
    return folder


@pytest.fixture
def change_manifest() -> Callable[..., Manifest]:
    """A function that changes fields of a bundle's manifest and updates its bundle id."""

    def change(bundle: Path, **changes: object) -> Manifest:
        path = layout.manifest_of(bundle)
        manifest = parse(path.read_bytes(), "bundle")
        changed = identify(replace(manifest, **changes))  # type: ignore[arg-type]  # the caller passes fields of the manifest
        bundle_writer.write_manifest(changed, bundle)
        return changed

    return change


@pytest.fixture(scope="session")
def open_small(small_bundle: Path) -> Iterator[OpenedBundle]:
    """The small bundle, open, for tests that only read."""
    with opened(small_bundle) as bundle:
        yield bundle


@pytest.fixture(scope="session")
def print_pictures(small_items: tuple[Item, ...]) -> dict[str, Pixels]:
    """The museum's picture of each of the twelve prints by record id: uint8 (H, W, 3), RGB."""
    return {item.record_id: decoding.load(item.image) for item in small_items}
