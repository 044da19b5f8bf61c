"""Decode the prints of a collection and fingerprint them with the kiosk's model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import cast

import numpy as np

from converter.build.pictures import PreparedPicture, UnreadablePicture, prepare
from converter.cache import Cache
from converter.calibrate.captures import PrintPicture
from converter.errors import BuildError
from converter.ingest.collection import Collection, Item, Refusal
from converter.ingest.picture_files import PictureFile
from converter.model.fingerprint_models import QuantisedModel
from converter.progress import Progress
from device.imaging import decoding
from device.recognition.embedding.fingerprint import DIMENSIONS, Vector
from device.recognition.embedding.nearest import Vectors
from device.recognition.local.codebook import Codebook


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPrints:
    """The prints that could be decoded, and the records that were refused.

    Attributes:
        items: In the order of the bundle's item numbers, without the further pictures that can't be decoded.
        vectors: float32 (N, 512), unit length, the fingerprints of all pictures by the kiosk's model. The first pictures
            come first, row = item; the further ones follow, in the order of the items.
        refusals: All records that are not among the items, each with its reason.
        notes: Lines for staff about further pictures that can't be decoded.
    """

    items: tuple[Item, ...]
    vectors: Vectors
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[PictureFile, ...]:
        """The museum's picture files, in the order of `vectors`."""
        first = (item.pictures[0] for item in self.items)
        further = (file for item in self.items for file in item.more_images)
        return (*first, *further)

    def pictures(self) -> tuple[PrintPicture, ...]:
        """Return the museum's own first pictures; each is read only when it is loaded."""
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
    """Decode, prepare and fingerprint every picture, skipping those that can't be decoded.

    A record whose first picture can't be decoded is refused. A further picture that can't be is left out.

    Args:
        collection: The collection.
        quantised: The bundle's model, run by the kiosk's own code.
        codebook: Codebook that encodes local features.
        cache: Cache for pictures, local features and fingerprints.
        quality: WebP quality of the large pictures, 0..100.
        workers: Processes that decode.
        max_refused_share: Share of the records that may be refused, 0..1.
        progress: Called after each picture.

    Raises:
        BuildError: When more records are refused, or no print can be decoded.
    """
    files = [file for item in collection.items for file in item.pictures]
    cached = [quantised.cached(file.sha256) for file in files]
    prepared = prepare(
        files,
        cache,
        needs_pixels=[v is None for v in cached],
        codebook=codebook,
        quality=quality,
        workers=workers,
    )
    outcomes: list[Vector | UnreadablePicture] = []
    for number, (one, vector) in enumerate(zip(prepared, cached, strict=True), 1):
        outcomes.append(_fingerprint(one, vector, quantised))
        progress("fingerprints", number, len(files))
    decoded = _assemble(collection, outcomes)
    _check(decoded.refusals, len(decoded.items), max_refused_share)
    return decoded


def _fingerprint(
    one: PreparedPicture | UnreadablePicture, cached: Vector | None, quantised: QuantisedModel
) -> Vector | UnreadablePicture:
    if isinstance(one, UnreadablePicture):
        return one
    if one.pixels is None:  # not decoded again, because its fingerprint is cached
        return cast(Vector, cached)
    return quantised(one.file.sha256, one.pixels)


def _assemble(
    collection: Collection, outcomes: Iterable[Vector | UnreadablePicture]
) -> DecodedPrints:
    """Sort the outcomes of all pictures, item by item, into the rows of a bundle."""
    items: list[Item] = []
    first_vectors: list[Vector] = []
    further_vectors: list[Vector] = []
    refusals = list(collection.refusals)
    notes: list[str] = []
    remaining = iter(outcomes)
    for item in collection.items:
        first, *further = islice(remaining, len(item.pictures))
        if isinstance(first, UnreadablePicture):
            refusals.append(
                Refusal(record_id=item.record_id, image=item.image.name, reason=first.reason)
            )
            continue
        kept = [
            (file, found)
            for file, found in zip(item.more_images, further, strict=True)
            if not isinstance(found, UnreadablePicture)
        ]
        notes += [
            f"{item.record_id}: further picture {found.file.path.name} is left out: {found.reason}"
            for found in further
            if isinstance(found, UnreadablePicture)
        ]
        items.append(replace(item, more_images=tuple(file for file, _ in kept)))
        first_vectors.append(first)
        further_vectors += [vector for _, vector in kept]
    return DecodedPrints(
        items=tuple(items),
        vectors=np.array([*first_vectors, *further_vectors], np.float32).reshape(-1, DIMENSIONS),
        refusals=tuple(refusals),
        notes=tuple(notes),
    )


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
