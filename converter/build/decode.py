"""The prints of a collection that can be read, with the kiosk's fingerprints of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from converter.build.pictures import prepare
from converter.cache import Cache
from converter.calibrate.captures import PrintPicture
from converter.errors import BuildError
from converter.ingest.collection import Collection, Item, Refusal
from converter.model.fingerprints import Quantised
from converter.progress import Progress
from device.imaging import frames
from device.recognition.embedding.nearest import Vectors
from device.recognition.local.codebook import Codebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Prints:
    """The prints that could be read, row = item.

    Attributes:
        vectors: float32 (N, 512), the kiosk's own fingerprints.
        refusals: Of all records that are not among them, with the reason.
    """

    items: tuple[Item, ...]
    vectors: Vectors
    refusals: tuple[Refusal, ...]

    def pictures(self) -> tuple[PrintPicture, ...]:
        """Give the museum's own pictures, each read when it is asked for."""
        return tuple(
            PrintPicture(
                record_id=item.record_id,
                item=row,
                load=partial(frames.load, item.image),
                sha256=item.image_sha256,
            )
            for row, item in enumerate(self.items)
        )


def find(
    read: Collection,
    quantised: Quantised,
    book: Codebook,
    *,
    cache: Cache,
    quality: int,
    workers: int,
    most_refused: float,
    progress: Progress,
) -> Prints:
    """Make ready and fingerprint every print that can be decoded.

    Args:
        read: The collection.
        quantised: The bundle's model, through the kiosk's own code.
        book: Of details.
        cache: Where what is made ready is kept.
        quality: Of the large pictures, WebP's 0..100.
        workers: Processes that decode.
        most_refused: Share of the records that may be refused, 0..1.
        progress: Told of each print.

    Raises:
        BuildError: When more are refused, or none is left.
    """
    items: list[Item] = []
    vectors: list[Vectors] = []
    refusals = list(read.refusals)
    kept = [quantised.kept(item.image_sha256) for item in read.items]
    ready = prepare(
        read.items,
        cache,
        wants_pixels=[v is None for v in kept],
        codebook=book,
        quality=quality,
        workers=workers,
    )
    for number, (prepared, vector) in enumerate(zip(ready, kept, strict=True), 1):
        progress("fingerprints", number, len(kept))
        if isinstance(prepared, Refusal):
            refusals.append(prepared)
            continue
        if vector is None and prepared.pixels is not None:
            vector = quantised(prepared.item.image_sha256, prepared.pixels)
        if vector is not None:
            items.append(prepared.item)
            vectors.append(vector)
    _check(refusals, len(items), most_refused)
    return Prints(items=tuple(items), vectors=np.stack(vectors), refusals=tuple(refusals))


def _check(refusals: Sequence[Refusal], kept: int, most: float) -> None:
    total = len(refusals) + kept
    if not kept:
        raise BuildError(
            f"collection: expected prints, found none that can be read ({len(refusals)} refused)"
        )
    if len(refusals) > most * total:
        reasons = "; ".join(f"{r.record_id}: {r.reason}" for r in refusals[:3])
        raise BuildError(
            f"collection: expected at most {most:.1%} of {total} records refused, found {len(refusals)} "
            f"({reasons}{'; ...' if len(refusals) > 3 else ''}); mend them, or allow more with --max-refused"
        )
