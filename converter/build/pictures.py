"""Each print's picture made ready once: the two sizes for the screen and the model's input.

Decoding a museum's picture is the slow part, so it happens in processes of their own and each picture in
memory is let go before the next; what is kept is addressed by the picture's own hash.
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
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess
from device.recognition.local.codebook import Codebook

# In the cache's keys: raise it when the pictures or the input come out differently.
VERSION = "1"
# WebP's 0..100. A card's picture is small enough to be forgiving; the large one is the museum's choice.
THUMB_QUALITY = 60
SCREEN_QUALITY = 76


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One print, ready for the model.

    Attributes:
        pixels: uint8 (224, 224, 3), RGB; `None` when only the screen's pictures were asked for.
    """

    item: Item
    pixels: Pixels | None


def prepare(
    items: Sequence[Item],
    cache: Cache,
    *,
    wants_pixels: Sequence[bool],
    codebook: Codebook,
    quality: int,
    workers: int,
) -> Iterator[Prepared | Refusal]:
    """Decode each print once, keep its screen pictures and details, and give its model input, in order.

    Args:
        items: The collection's prints.
        cache: Where the screen's pictures go.
        wants_pixels: For each print whether the model input is needed; where it isn't and the pictures
            are kept already, nothing is decoded.
        codebook: What details are written down with.
        quality: Of the large picture, WebP's 0..100.
        workers: Processes that decode.

    Yields:
        A `Refusal` for a picture that can't be decoded after all.
    """
    jobs = list(zip(items, wants_pixels, strict=True))
    todo = [
        (item, wanted)
        for item, wanted in jobs
        if wanted or not is_ready(item, codebook, cache, quality)
    ]
    if len(todo) <= workers * 4:  # not worth starting processes
        yield from (_prepare(item, codebook, cache, wanted, quality) for item, wanted in jobs)
        return
    yield from _in_parallel(jobs, codebook, cache, quality, workers)


def is_ready(item: Item, codebook: Codebook, cache: Cache, quality: int) -> bool:
    """Say whether a print's screen pictures and details are kept already."""
    pictures = (cache.get("pictures", *_key(item, size, quality)) for size in SIDES)
    are_kept = all(data is not None for data in pictures)
    return are_kept and features.kept(item.image_sha256, codebook, cache) is not None


def picture(item: Item, size: Size, cache: Cache, quality: int) -> bytes:
    """Give a prepared print's picture as WebP."""
    data = cache.get("pictures", *_key(item, size, quality))
    if data is None:
        raise BuildError(f"{item.record_id}: its {size} picture has left the cache; build again")
    return data


def _key(item: Item, size: Size, quality: int) -> tuple[str, ...]:
    return (item.image_sha256, size, str(SIDES[size]), str(_quality(size, quality)), VERSION)


def _quality(size: Size, quality: int) -> int:
    return THUMB_QUALITY if size == "thumb" else quality


def _in_parallel(
    jobs: Sequence[tuple[Item, bool]],
    codebook: Codebook,
    cache: Cache,
    quality: int,
    workers: int,
) -> Iterator[Prepared | Refusal]:
    # Spawned, not forked: TensorFlow's threads don't survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_leave_with_the_desk) as pool:
        waiting: deque[Future[Prepared | Refusal]] = deque()
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
                "a process that decodes pictures was killed, probably for want of memory; "
                "free some and build again: it goes on where it stopped"
            ) from error


def _leave_with_the_desk() -> None:
    """End this process when the one that started it is killed; left alone it would wait for work for ever."""
    desk = multiprocessing.parent_process()
    if desk is not None:
        threading.Thread(target=_end_with, args=(desk,), daemon=True).start()


def _end_with(desk: Any) -> None:
    desk.join()
    os._exit(1)


def _prepare(
    item: Item, codebook: Codebook, cache: Cache, wants_pixels: bool, quality: int
) -> Prepared | Refusal:
    if not wants_pixels and is_ready(item, codebook, cache, quality):
        return Prepared(item=item, pixels=None)
    try:
        pixels = frames.load(item.image)
    except PictureError as error:
        return Refusal(record_id=item.record_id, image=item.image.name, reason=str(error))
    for size, side in SIDES.items():
        if cache.get("pictures", *_key(item, size, quality)) is None:
            data = frames.to_webp(pixels, side=side, quality=_quality(size, quality))
            cache.put("pictures", *_key(item, size, quality), data=data)
    if features.kept(item.image_sha256, codebook, cache) is None:
        features.keep(item.image_sha256, codebook, cache, features.take(pixels, codebook))
    return Prepared(item=item, pixels=preprocess.to_input(pixels) if wants_pixels else None)
