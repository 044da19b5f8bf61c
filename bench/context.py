"""The context of every benchmark: bundle, collection, scratch folder, and amount of work."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.cache import Cache
from converter.ingest import collection
from converter.ingest.collection import Item
from device.bundle.manifest import Manifest
from device.bundle.reader import read_manifest
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The amounts of work of all benchmarks.

    Attributes:
        rounds: Turns of each contender in a race.
        calls: Timed calls in a turn, after one untimed call; their median is the turn's time.
        pictures: Prints whose fingerprints are compared between the runtimes.
        calibration_prints: Shipped calibration prints for every quantiser.
        collection_sizes: Sizes of the generated collections of fingerprints, in prints.
        base_fingerprints: The least number of real fingerprints (of prints and their cut-outs) to vary.
        queries: Measured searches; as many other ones choose the parameters.
        starts: Starts of the service.
        answers: Answers before the service's memory is measured.
        watched_s: Time in seconds for which the demo without a camera is watched.
        build_prints: Prints in the sample that a build is extrapolated from.
        captures: Simulated captures to recognise, or to match with every print of the bundle.
        feature_collection_sizes: Sizes of the generated collections of local features, in prints.
    """

    rounds: int
    calls: int
    pictures: int
    calibration_prints: int
    collection_sizes: tuple[int, ...]
    base_fingerprints: int
    queries: int
    starts: int
    answers: int
    watched_s: float
    build_prints: int
    captures: int
    feature_collection_sizes: tuple[int, ...]


FULL = Workload(
    rounds=24, calls=4, pictures=48, calibration_prints=32, collection_sizes=(20_000, 100_000),
    base_fingerprints=1500, queries=400, starts=5, answers=100, watched_s=84.0, build_prints=64, captures=60,
    feature_collection_sizes=(20_000,),
)  # fmt: skip
QUICK = Workload(
    rounds=3, calls=1, pictures=4, calibration_prints=4, collection_sizes=(400,),
    base_fingerprints=40, queries=20, starts=1, answers=3, watched_s=4.0, build_prints=3, captures=3,
    feature_collection_sizes=(40,),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchContext:
    """The inputs of a benchmark.

    Attributes:
        bundle: The folder of the bundle.
        collection: The folder of the collection that the bundle was built from.
        scratch: A folder for temporary files.
        cache: The desk's cache, only for the model's weights; no timed step uses it.
        workload: The amounts of work.
        threads: The number of threads, the same for every contender.
    """

    bundle: Path
    collection: Path
    scratch: Path
    cache: Cache
    workload: Workload
    threads: int = 2

    def manifest(self) -> Manifest:
        """Return the bundle's manifest."""
        return read_manifest(self.bundle)


def log_progress(line: str, *values: object) -> None:
    """Log the present step of a benchmark."""
    _log.info(line, *values)


def read_items(context: BenchContext) -> tuple[Item, ...]:
    """Read the collection's prints."""
    return collection.read(context.collection).items


def sample_evenly(items: Sequence[Item], count: int) -> list[Item]:
    """Return `count` prints at even distances in the collection, the same each time."""
    count = min(count, len(items))
    return [items[row * len(items) // count] for row in range(count)]


def model_inputs(items: Sequence[Item]) -> list[Pixels]:
    """Return the model's input for each print: uint8 (224, 224, 3), RGB."""
    return [preprocess.to_input(decoding.load(item.image)) for item in items]
