"""Decode the prints of a collection and fingerprint them with the kiosk's model."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from converter.build.pictures import prepare
from converter.cache import Cache
from converter.calibrate.captures import PrintPicture
from converter.errors import BuildError
from converter.ingest.collection import Collection, Item, Refusal
from converter.model.fingerprint_models import QuantisedModel
from converter.progress import Progress
from device.imaging import decoding
from device.recognition.embedding.nearest import Vectors
from device.recognition.local.codebook import Codebook


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPrints:
    """The prints that could be decoded, and the records that were refused.

    Attributes:
        items: In the order of the bundle's item numbers.
        vectors: float32 (N, 512), unit length, the fingerprints by the kiosk's model, row = item.
        refusals: All records that are not among the items, each with its reason.
    """

    items: tuple[Item, ...]
    vectors: Vectors
    refusals: tuple[Refusal, ...]

    def pictures(self) -> tuple[PrintPicture, ...]:
        """Return the museum's own pictures; each is read only when it is loaded."""
        return tuple(
            PrintPicture(
                record_id=item.record_id,
                item=row,
                load=partial(decoding.load, item.image),
                sha256=item.image_sha256,
            )
            for row, item in enumerate(self.items)
        )


def decode_prints(
    collection: Collection,
    quantised: QuantisedModel,
    codebook: Codebook,
    *,
    cache: Cache,
    quality: int,
    workers: int,
    max_refused_share: float,
    progress: Progress,
) -> DecodedPrints:
    """Decode, prepare and fingerprint every print, skipping those that can't be decoded.

    Args:
        collection: The collection.
        quantised: The bundle's model, run by the kiosk's own code.
        codebook: Codebook that encodes local features.
        cache: Cache for pictures, local features and fingerprints.
        quality: WebP quality of the large pictures, 0..100.
        workers: Processes that decode.
        max_refused_share: Share of the records that may be refused, 0..1.
        progress: Called after each print.

    Raises:
        BuildError: When more records are refused, or no print can be decoded.
    """
    items: list[Item] = []
    vectors: list[Vectors] = []
    refusals = list(collection.refusals)
    cached = [quantised.cached(item.image_sha256) for item in collection.items]
    prints = prepare(
        collection.items,
        cache,
        needs_pixels=[v is None for v in cached],
        codebook=codebook,
        quality=quality,
        workers=workers,
    )
    for number, (prepared, vector) in enumerate(zip(prints, cached, strict=True), 1):
        progress("fingerprints", number, len(cached))
        if isinstance(prepared, Refusal):
            refusals.append(prepared)
            continue
        if vector is None and prepared.pixels is not None:
            vector = quantised(prepared.item.image_sha256, prepared.pixels)
        if vector is not None:
            items.append(prepared.item)
            vectors.append(vector)
    _check(refusals, len(items), max_refused_share)
    return DecodedPrints(items=tuple(items), vectors=np.stack(vectors), refusals=tuple(refusals))


def _check(refusals: Sequence[Refusal], kept: int, max_refused_share: float) -> None:
    total = len(refusals) + kept
    if not kept:
        raise BuildError(
            f"collection: expected prints, found none that can be decoded ({len(refusals)} refused)"
        )
    if len(refusals) > max_refused_share * total:
        reasons = "; ".join(f"{r.record_id}: {r.reason}" for r in refusals[:3])
        raise BuildError(
            f"collection: expected at most {max_refused_share:.1%} of {total} records refused, found {len(refusals)} "
            f"({reasons}{'; ...' if len(refusals) > 3 else ''}); fix them, or allow more with --max-refused"
        )
