"""Fixtures of the converter's tests: a small collection and a bundle built from it."""

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from converter import pipeline
from converter.cache import Cache
from converter.parity import compare
from converter.pipeline import BuildResult, Options

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo/collection"
PRINTS = 16
STEP = 11  # so that they come from all over the demo
# Enough to run every step; the values themselves are tested with the parity report.
PLAN = compare.ParityPlan(camera_queries=20, factor_queries=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltBundle:
    """A bundle on disk, the options of its build, and the build's result."""

    options: Options
    built: BuildResult


def _copy_collection(into: Path, rows: slice) -> None:
    with (DEMO / "metadata.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        chosen = list(reader)[rows]
    (into / "images").mkdir(parents=True)
    shutil.copyfile(DEMO / "collection.toml", into / "collection.toml")
    with (into / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(chosen)
    for row in chosen:
        shutil.copyfile(DEMO / row["image_file"], into / row["image_file"])


@pytest.fixture
def small_collection(tmp_path: Path) -> Path:
    """Sixteen real prints with their metadata, which the test may change."""
    folder = tmp_path / "collection"
    _copy_collection(folder, slice(0, STEP * PRINTS, STEP))
    return folder


def _build_options(collection: Path, out: Path, cache: Cache) -> Options:
    """Return the options for a build of sixteen prints, too few to apply a parity gate."""
    return Options(
        collection=collection,
        out=out,
        columns=None,
        weights=None,
        profile=pipeline.DEFAULT_PROFILE,
        variant=pipeline.DEFAULT_VARIANT,
        plan=PLAN,
        minimums=compare.GateMinimums(),
        max_refused_share=0.0,
        picture_quality=76,
        workers=2,
        threads=2,
        cache=cache,
    )


@pytest.fixture
def options(small_collection: Path, desk_cache: Cache, tmp_path: Path) -> Options:
    """Options for a build of a collection that only this test uses."""
    return _build_options(small_collection, tmp_path / "out" / "bundle", desk_cache)


@pytest.fixture(scope="session")
def built_bundle(tmp_path_factory: pytest.TempPathFactory, desk_cache: Cache) -> BuiltBundle:
    """A bundle built once a session; tests must not write into it."""
    folder = tmp_path_factory.mktemp("built")
    _copy_collection(folder / "collection", slice(0, STEP * PRINTS, STEP))
    options = _build_options(folder / "collection", folder / "bundle", desk_cache)
    return BuiltBundle(options=options, built=pipeline.build(options, lambda *_: None))


@pytest.fixture
def rebuild() -> Callable[..., BuildResult]:
    """Build again with some options changed."""

    def build_again(options: Options, **changes: object) -> BuildResult:
        return pipeline.build(replace(options, **changes), lambda *_: None)  # type: ignore[arg-type]

    return build_again
