"""Benchmark: the bytes fetched, by file, when a share of a large collection changes.

`python -m bench.delta_updates` writes two generated bundles of 20,000 prints. In the second, 1 % of the prints differ: of ten,
eight are altered, one is new and one is removed. Both bundles are put into a repository with their chunk indices. A kiosk that has
the first bundle fetches the second. A generated print has the picture sizes, the number of local features and the record of a print
of the demo, with contents of its own. Model and codebook stay the same. The index, its projection and the parity page are wholly new.
"""

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from converter.build import bundle_writer, features
from converter.build.features import FeatureEntry
from converter.ingest import collection
from converter.ingest.item import Item
from converter.publish.chunking import cut
from device.bundle import chunk_index, layout, repository_layout
from device.bundle.manifest import FileEntry
from device.bundle.pictures import Size
from device.bundle.reader import opened
from device.recognition.embedding.fingerprint import DIMENSIONS
from device.recognition.local import codebook as codebooks
from device.recognition.local.inverted_index import PLACE
from device.store.atomic_files import AtomicFiles
from device.store.delta_source import DeltaSource, LocalFile
from device.store.fetch import fetch
from device.store.source import FolderSource, Stream

# Files that differ wholly in each build; the first group grows with the collection.
_NEW_AND_GROWING = (layout.INDEX,)
_NEW = (layout.PROJECTION, layout.PARITY, layout.PARITY_PAGE)
_UNCHANGED = (layout.MODEL, layout.CODEBOOK)


@dataclass(frozen=True, slots=True)
class GeneratedPrint:
    """One generated print; another number or edition is another picture."""

    number: int
    edition: int = 0

    def rng(self, salt: int) -> np.random.Generator:
        """Return the random generator of one part of the print's contents; each has a `salt`."""
        return np.random.default_rng((self.number, self.edition, salt))


class Sample:
    """The real prints that set the sizes of the generated ones."""

    def __init__(self, bundle: Path, folder: Path) -> None:
        self.bundle = bundle
        items = {item.record_id: item for item in collection.read(folder).items}
        with opened(bundle) as parts:
            ids = [parts.records.at(row).record_id for row in range(parts.manifest.items)]
            self.items = [items[record_id] for record_id in ids]
            self._lengths: list[dict[Size, int]] = [
                {
                    "thumb": len(parts.pictures.get(record_id, "thumb")),
                    "screen": len(parts.pictures.get(record_id, "screen")),
                }
                for record_id in ids
            ]
        starts = np.load(bundle / layout.DETAIL_STARTS)
        cells = np.load(bundle / layout.DETAIL_CELLS)
        self._counts = np.diff(starts)
        self._words = np.repeat(np.arange(len(cells) - 1, dtype=np.uint16), np.diff(cells))

    def item(self, made: GeneratedPrint) -> Item:
        """Return a generated print's record."""
        real = self.items[made.number % len(self.items)]
        word = made.rng(0).integers(1 << 30)
        return replace(
            real,
            record_id=f"print-{made.number:06d}",
            title=f"{real.title} {word:x}",
            image_sha256=made.rng(1).bytes(32).hex(),
            relations=(),
        )

    def picture(self, made: GeneratedPrint, size: Size) -> bytes:
        """Return bytes in place of a generated print's picture, as many as a real one has."""
        length = self._lengths[made.number % len(self.items)][size]
        return made.rng(2 + (size == "screen")).bytes(length)

    def entry(self, made: GeneratedPrint) -> FeatureEntry:
        """Return a generated print's local features, in the number and words of real ones."""
        count, rng = int(self._counts[made.number % len(self.items)]), made.rng(4)
        return FeatureEntry(
            signatures=rng.integers(1 << 63, size=(count, 2), dtype=np.uint64),
            places=np.frombuffer(rng.bytes(count * PLACE.itemsize), PLACE),
            words=rng.choice(self._words, count),
            aspect=0.75,
        )


def write(sample: Sample, prints: list[GeneratedPrint], build: int, folder: Path) -> None:
    """Write the files of a bundle of generated prints."""
    folder.mkdir()
    made = {f"print-{each.number:06d}": each for each in prints}
    items = [sample.item(each) for each in prints]
    bundle_writer.write_records(items, {"title": "en"}, folder / layout.RECORDS)
    bundle_writer.write_pictures(
        items, lambda item, _, size: sample.picture(made[item.record_id], size), folder
    )
    vectors = [each.rng(5).standard_normal(DIMENSIONS, dtype=np.float32) for each in prints]
    np.save(folder / layout.FINGERPRINTS, np.stack(vectors))
    book = codebooks.load(sample.bundle / layout.CODEBOOK)
    features.write([sample.entry(each) for each in prints], book, folder)
    for name in (*_NEW_AND_GROWING, *_NEW, *_UNCHANGED):
        size = (sample.bundle / name).stat().st_size
        size = size * len(prints) // len(sample.items) if name in _NEW_AND_GROWING else size
        seed = 0 if name in _UNCHANGED else build
        (folder / name).write_bytes(np.random.default_rng((9, seed)).bytes(size))


def changed(prints: list[GeneratedPrint], share: float, seed: int) -> list[GeneratedPrint]:
    """Return the next build's prints: of ten changed, eight are altered, one new, one gone."""
    rng = random.Random(seed)
    drawn = rng.sample(prints, round(len(prints) * share))
    gone, altered = drawn[: len(drawn) // 10], set(drawn[2 * (len(drawn) // 10) :])
    after = [replace(each, edition=1) if each in altered else each for each in prints]
    after = [each for each in after if each not in set(gone)]
    for number in range(len(gone)):
        after.insert(rng.randrange(len(after)), GeneratedPrint(len(prints) + number))
    return after


def put(bundle: Path, repository: Path) -> tuple[FileEntry, ...]:
    """Put a bundle's files into a repository, as `publish` does; return their entries."""
    found = bundle_writer.entries(bundle)
    for entry in found:
        target = repository / repository_layout.object_path(entry.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            os.link(bundle / entry.path, target)
            if entry.size_bytes >= chunk_index.MIN_FILE_BYTES:
                text = chunk_index.dump(cut(bundle / entry.path))
                (repository / repository_layout.chunk_index_path(entry.sha256)).write_bytes(text)
    return found


class CountingSource(FolderSource):
    """Counts the bytes that a server would have sent, by file.

    Attributes:
        sent: Bytes by path.
        requests: The number of requests.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sent: Counter[str] = Counter()
        self.requests = 0

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Open a file at an offset, and read at most `length` bytes."""
        self.requests += 1
        stream = super().open(path, offset, length)
        return replace(stream, blocks=self._counted(path, stream, length))

    def _counted(self, path: str, stream: Stream, length: int | None) -> Iterator[bytes]:
        left = sys.maxsize if length is None else length
        for chunk in stream.blocks:
            part = chunk[:left]
            self.sent[path.removesuffix(".pieces")] += len(part)
            left -= len(part)
            yield part
            if not left:
                return


def measure(bundle: Path, folder: Path, prints: int, share: float, work: Path) -> list[str]:
    """Fetch the changed bundle and return the lines of the table."""
    sample = Sample(bundle, folder)
    before = [GeneratedPrint(number) for number in range(prints)]
    write(sample, before, 1, work / "before")
    old = put(work / "before", work / "repository")
    write(sample, changed(before, share, seed=1), 2, work / "after")
    new = put(work / "after", work / "repository")
    kept = {entry.sha256 for entry in old}
    missing = [entry for entry in new if entry.sha256 not in kept]
    held = [
        LocalFile(path=work / "before" / entry.path, entry=entry)
        for entry in old
        if entry.sha256 not in {each.sha256 for each in new}
    ]
    counted = CountingSource(work / "repository")
    source = DeltaSource(counted, held, missing)
    for entry in missing:
        fetch(entry, source, work / "part", AtomicFiles())
        (work / "part").unlink()
    total = sum(entry.size_bytes for entry in new)
    whole = sum(entry.size_bytes for entry in missing)
    fetched = counted.sent.total()
    paths = {repository_layout.object_path(entry.sha256): entry.path for entry in (*old, *new)}
    by_name: Counter[str] = Counter()
    for path, count in counted.sent.items():
        by_name[
            layout.PICTURES if paths[path].startswith(layout.PICTURES) else paths[path]
        ] += count
    return [
        f"when {round(prints * share)} of {prints} prints change, {fetched / 1e6:.0f} of {total / 1e6:.0f} MB are "
        f"fetched ({fetched / total:.1%}), in {counted.requests} requests; whole files: {whole / total:.1%}",
        *(f"    {count / total:5.1%}  {name}" for name, count in by_name.most_common(10)),
    ]


def main() -> int:
    """Print a table of the bytes that a kiosk fetches, by file."""
    parser = argparse.ArgumentParser(prog="python -m bench.delta_updates", description=__doc__)
    parser.add_argument(
        "--bundle",
        type=Path,
        default=Path("demo/bundle"),
        help="bundle of the real prints (default: %(default)s)",
    )
    parser.add_argument(
        "--collection",
        type=Path,
        default=Path("demo/collection"),
        help="collection that the bundle was built from (default: %(default)s)",
    )
    parser.add_argument(
        "--prints",
        type=int,
        default=20_000,
        help="number of generated prints (default: %(default)s)",
    )
    parser.add_argument(
        "--share",
        type=float,
        default=0.01,
        help="share of the prints that change, 0 to 1 (default: %(default)s)",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        table = measure(
            options.bundle, options.collection, options.prints, options.share, Path(work)
        )
        print("\n".join(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
