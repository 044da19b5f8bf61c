"""What a kiosk fetches when a share of a large collection changes, file by file, and what would cut it.

`python -m bench.changes` takes the sizes a print has in a bundle of real ones, and the bundle's own rule for which pictures share a
shard. It computes; nothing of that size is built.
"""

import argparse
import random
import sys
from dataclasses import dataclass
from pathlib import Path

from converter.bundle_writer import SHARD_BYTES
from device.bundle import layout
from device.bundle.opened import read_manifest
from device.bundle.pictures import shard_of

# Files that stay as they are when prints change; all others hold something of every print.
STEADY = (layout.MODEL, layout.CODEBOOK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of a bundle's files.

    Attributes:
        fetched_bytes: Of them, after the change.
    """

    name: str
    size_bytes: int
    fetched_bytes: int


def parts_of(bundle: Path, prints: int, changed: int, shard_bytes: int, seed: int) -> list[Part]:
    """Give what a bundle of so many prints is made of, and what of it is fetched when some of them change.

    Args:
        bundle: A bundle of real prints, whose sizes a print are taken.
        prints: In the large collection.
        changed: Prints that are altered in it, drawn at random.
        shard_bytes: What a shard of pictures holds at most.
        seed: Of the draw.
    """
    manifest = read_manifest(bundle)
    scale = prints / manifest.items
    parts, pictures = [], 0
    for entry in manifest.files:
        if entry.path.startswith(layout.PICTURES):
            pictures += round(entry.size_bytes * scale)
            continue
        is_steady = entry.path in STEADY
        size = entry.size_bytes if is_steady else round(entry.size_bytes * scale)
        parts.append(Part(name=entry.path, size_bytes=size, fetched_bytes=0 if is_steady else size))
    shards = 1
    while pictures / shards > shard_bytes:
        shards *= 2
    drawn = random.Random(seed).sample(range(prints), changed)
    touched = {shard_of(f"print-{number:06d}", shards) for number in drawn}
    fetched = pictures * len(touched) // shards
    name = f"pictures ({len(touched)} of {shards} shards)"
    return [*parts, Part(name=name, size_bytes=pictures, fetched_bytes=fetched)]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.changes", description=__doc__)
    parser.add_argument("--bundle", type=Path, default=Path("demo/bundle"))
    parser.add_argument("--prints", type=int, default=20_000)
    parser.add_argument("--share", type=float, default=0.01)
    options = parser.parse_args()
    changed = round(options.prints * options.share)
    for shard_bytes in (SHARD_BYTES, 4 << 20, 1 << 20, 1 << 19):
        parts = parts_of(options.bundle, options.prints, changed, shard_bytes, seed=1)
        total = sum(part.size_bytes for part in parts)
        fetched = sum(part.fetched_bytes for part in parts)
        print(
            f"shards of at most {shard_bytes / 2**20:g} MiB: {fetched / 1e6:.0f} of {total / 1e6:.0f} MB "
            f"({fetched / total:.0%}) when {changed} of {options.prints} prints change"
        )
        for part in sorted(parts, key=lambda each: -each.fetched_bytes)[:6]:
            print(f"    {part.fetched_bytes / total:5.1%}  {part.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
