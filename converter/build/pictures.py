"""Prepare each print's screen pictures, local features and model input.

Decoding a museum's picture is the slow part, so separate processes do it. Each picture is released before the next
is decoded. Results are cached by the sha256 of the picture file.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Any

from converter.build import features
from converter.cache import Cache
from converter.errors import BuildError
from converter.ingest.collection import Item, Refusal
from device.bundle.pictures import SIDES, Size
from device.errors import PictureError
from device.imaging import decoding, encoding
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess
from device.recognition.local.codebook import Codebook

# Part of the cache keys, as is `decoding.VERSION`: raise it when the code makes other pictures or another model input.
VERSION = "1"
# WebP quality, 0..100. A thumbnail is too small to show losses; the museum chooses the large picture's quality.
THUMB_QUALITY = 60
SCREEN_QUALITY = 76


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPrint:
    """One print, ready for the model.

    Attributes:
        pixels: uint8 (224, 224, 3), RGB; `None` when only the screen pictures were needed.
    """

    item: Item
    pixels: Pixels | None


def prepare(
    items: Sequence[Item],
    cache: Cache,
    *,
    needs_pixels: Sequence[bool],
    codebook: Codebook,
    quality: int,
    workers: int,
) -> Iterator[PreparedPrint | Refusal]:
    """Decode each print once, cache its pictures and local features, yield its model input.

    Args:
        items: The collection's prints.
        cache: Cache for screen pictures and local features.
        needs_pixels: For each print, whether the model input is needed. Where it isn't and the rest is
            cached, nothing is decoded.
        codebook: Codebook that encodes local features.
        quality: WebP quality of the large picture, 0..100.
        workers: Processes that decode.

    Yields:
        For each item in order, the prepared print, or a `Refusal` for a picture that can't be decoded.
    """
    jobs = list(zip(items, needs_pixels, strict=True))
    todo = [
        (item, wanted)
        for item, wanted in jobs
        if wanted or not is_cached(item, codebook, cache, quality)
    ]
    if len(todo) <= workers * 4:  # not worth starting processes
        yield from (_prepare(item, codebook, cache, wanted, quality) for item, wanted in jobs)
        return
    yield from _in_parallel(jobs, codebook, cache, quality, workers)


def is_cached(item: Item, codebook: Codebook, cache: Cache, quality: int) -> bool:
    """Return whether a print's screen pictures and local features are cached."""
    pictures = (cache.get("pictures", *_key(item, size, quality)) for size in SIDES)
    have_pictures = all(data is not None for data in pictures)
    return have_pictures and features.cached_entry(item.image_sha256, codebook, cache) is not None


def cached_picture(item: Item, size: Size, cache: Cache, quality: int) -> bytes:
    """Return a prepared print's picture as WebP.

    Raises:
        BuildError: When it is no longer cached.
    """
    data = cache.get("pictures", *_key(item, size, quality))
    if data is None:
        raise BuildError(f"{item.record_id}: its {size} picture is no longer cached; build again")
    return data


def _key(item: Item, size: Size, quality: int) -> tuple[str, ...]:
    side, level = str(SIDES[size]), str(_quality(size, quality))
    return (item.image_sha256, size, side, level, VERSION, decoding.VERSION)


def _quality(size: Size, quality: int) -> int:
    return THUMB_QUALITY if size == "thumb" else quality


def _in_parallel(
    jobs: Sequence[tuple[Item, bool]],
    codebook: Codebook,
    cache: Cache,
    quality: int,
    workers: int,
) -> Iterator[PreparedPrint | Refusal]:
    # Spawned, not forked: TensorFlow's threads don't survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_exit_with_parent) as pool:
        waiting: deque[Future[PreparedPrint | Refusal]] = deque()
        feed = iter(jobs)
        try:
            for item, wanted in islice(feed, workers * 4):
                waiting.append(pool.submit(_prepare, item, codebook, cache, wanted, quality))
            while waiting:
                yield waiting.popleft().result()
                for item, wanted in islice(feed, 1):
                    waiting.append(pool.submit(_prepare, item, codebook, cache, wanted, quality))
        except BrokenProcessPool as error:
            raise BuildError(
                "a process that decodes pictures was killed, probably because memory ran out; "
                "free some and build again: the build resumes where it stopped"
            ) from error


def _exit_with_parent() -> None:
    """End this process when its parent is killed; otherwise it would wait for work forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _prepare(
    item: Item, codebook: Codebook, cache: Cache, needs_pixels: bool, quality: int
) -> PreparedPrint | Refusal:
    if not needs_pixels and is_cached(item, codebook, cache, quality):
        return PreparedPrint(item=item, pixels=None)
    try:
        pixels = decoding.load(item.image)
    except PictureError as error:
        reason = str(error).removeprefix(f"{item.image.name}: ")
        return Refusal(record_id=item.record_id, image=item.image.name, reason=reason)
    for size, side in SIDES.items():
        if cache.get("pictures", *_key(item, size, quality)) is None:
            data = encoding.to_webp(pixels, side=side, quality=_quality(size, quality))
            cache.put("pictures", *_key(item, size, quality), data=data)
    if features.cached_entry(item.image_sha256, codebook, cache) is None:
        features.store_entry(
            item.image_sha256, codebook, cache, features.make_entry(pixels, codebook)
        )
    return PreparedPrint(item=item, pixels=preprocess.to_input(pixels) if needs_pixels else None)
