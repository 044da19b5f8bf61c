"""Fixtures for all tests, such as a bundle of twelve real prints with the real model."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import real_bundle

from converter import pipeline
from converter.build import bundle_writer
from converter.cache import Cache
from converter.ingest.collection import Item
from converter.model import weights
from converter.model.weights import Weights
from device.bundle import layout
from device.bundle.manifest import Manifest, identify, parse
from device.bundle.reader import OpenedBundle, opened
from device.imaging import decoding
from device.imaging.frames import Pixels

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
    return real_bundle.choose_items(COLLECTION)


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
            real_bundle.build(building, model_file, small_items)
            building.rename(folder)
    return folder


@pytest.fixture(scope="session")
def bundle_of_several_pictures(
    tmp_path_factory: pytest.TempPathFactory, model_file: Path, small_items: tuple[Item, ...]
) -> Path:
    """Four prints; the first has three pictures, and titles in two languages."""
    folder = tmp_path_factory.mktemp("several")
    real_bundle.build(folder, model_file, real_bundle.several_pictures(small_items))
    return folder


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
