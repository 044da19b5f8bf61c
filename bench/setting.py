"""What every benchmark is given: the bundle, its collection, where to write, and how much to do."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.cache import Cache
from converter.ingest import collection
from converter.ingest.collection import Item
from device.bundle.manifest import Manifest
from device.bundle.reader import read_manifest
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """How much is measured.

    Attributes:
        rounds: Turns of each side in a race.
        calls: Timed calls in a turn, after one that isn't; the turn counts with their median.
        pictures: Prints whose fingerprints are compared between the runtimes.
        calibration: Of the shipped calibration prints, so many are given to every quantiser.
        sizes: Generated collections to search in, numbers of prints.
        base: At least so many real fingerprints (of prints and details of them) are varied.
        queries: Searches that are measured; as many others choose the parameters.
        starts: Of the service.
        answers: Before its memory is measured.
        measured: Prints of which a build's cost is measured.
        compared: Captures that are compared with every print of the bundle.
        crowds: Collections to look details up in, numbers of prints.
    """

    rounds: int
    calls: int
    pictures: int
    calibration: int
    sizes: tuple[int, ...]
    base: int
    queries: int
    starts: int
    answers: int
    measured: int
    compared: int
    crowds: tuple[int, ...]


FULL = Amounts(
    rounds=24, calls=4, pictures=48, calibration=32, sizes=(20_000, 100_000), base=1500, queries=400,
    starts=5, answers=100, measured=64, compared=60, crowds=(20_000,),
)  # fmt: skip
QUICK = Amounts(
    rounds=3, calls=1, pictures=4, calibration=4, sizes=(400,), base=40, queries=20, starts=1, answers=3,
    measured=3, compared=3, crowds=(40,),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and with what to measure.

    Attributes:
        scratch: A folder for what is made on the way; may be removed after.
        cache: The desk's, for the weights alone: nothing timed is taken from it.
        threads: For every side alike.
    """

    bundle: Path
    collection: Path
    scratch: Path
    cache: Cache
    amounts: Amounts
    threads: int = 2

    def manifest(self) -> Manifest:
        """Give the bundle's manifest."""
        return read_manifest(self.bundle)


def say(line: str, *values: object) -> None:
    """Tell whoever waits what is being done."""
    _log.info(line, *values)


def items_of(setting: Setting) -> tuple[Item, ...]:
    """Give the collection's prints."""
    return collection.read(setting.collection).items


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """Give so many prints from all over the collection, the same each time."""
    count = min(count, len(items))
    return [items[row * len(items) // count] for row in range(count)]


def inputs(items: Sequence[Item]) -> list[Pixels]:
    """Give the model's input for each print: uint8 (224, 224, 3), RGB."""
    return [preprocess.to_input(frames.load(item.image)) for item in items]
