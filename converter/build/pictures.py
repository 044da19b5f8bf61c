"""Prepare each picture's screen pictures, local features and model input.

Decoding a museum's picture is the slow part, so separate processes do it. Each picture is released before the next
is decoded. Results are cached by the sha256 of the picture file.
"""

import multiprocessing
import resource
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice

from converter.build import features
from converter.build.exit_with_parent import exit_with_parent
from converter.cache import Cache
from converter.errors import BuildError
from converter.ingest.picture_files import PictureFile
from device.bundle.pictures import SIDES, Size
from device.errors import PictureError
from device.imaging import decoding, decoding_cost, encoding
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess
from device.recognition.local.codebook import Codebook

# Part of the cache keys, as is `decoding.VERSION`: raise it when the code makes other pictures or another model input.
VERSION = "1"
# WebP quality, 0..100. A thumbnail is too small to show losses; the museum chooses the large picture's quality.
THUMB_QUALITY = 60
SCREEN_QUALITY = 76
# Address space of a process that decodes, in bytes. The largest picture that is allowed holds a third while it is decoded.
_WORKER_BYTES = 3 * decoding_cost.COLLECTIONS.held_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPicture:
    """One picture, ready for the model.

    Attributes:
        pixels: uint8 (224, 224, 3), RGB; `None` when only the screen pictures were needed.
    """

    file: PictureFile
    pixels: Pixels | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadablePicture:
    """A picture that can't be decoded, and the reason."""

    file: PictureFile
    reason: str


def prepare(
    files: Sequence[PictureFile],
    cache: Cache,
    *,
    needs_pixels: Sequence[bool],
    codebook: Codebook,
    quality: int,
    workers: int,
) -> Iterator[PreparedPicture | UnreadablePicture]:
    """Decode each picture once, cache its small forms and features, yield its model input.

    Args:
        files: The museum's picture files.
        cache: Cache for screen pictures and local features.
        needs_pixels: For each file, whether the model input is needed. Where it isn't and the rest is
            cached, nothing is decoded.
        codebook: Codebook that encodes local features.
        quality: WebP quality of the large picture, 0..100.
        workers: Processes that decode.

    Yields:
        For each file in order, the prepared picture, or why it can't be decoded.
    """
    jobs = list(zip(files, needs_pixels, strict=True))
    todo = [
        (file, wanted)
        for file, wanted in jobs
        if wanted or not is_cached(file.sha256, codebook, cache, quality)
    ]
    if len(todo) <= workers * 4:  # not worth starting processes
        yield from (_prepare(file, codebook, cache, wanted, quality) for file, wanted in jobs)
        return
    yield from _in_parallel(jobs, codebook, cache, quality, workers)


def is_cached(sha256: str, codebook: Codebook, cache: Cache, quality: int) -> bool:
    """Return whether a picture's small forms and local features are cached."""
    pictures = (cache.get("pictures", *_key(sha256, size, quality)) for size in SIDES)
    have_pictures = all(data is not None for data in pictures)
    return have_pictures and features.cached_entry(sha256, codebook, cache) is not None


def cached_picture(file: PictureFile, size: Size, cache: Cache, quality: int) -> bytes:
    """Return a prepared picture as WebP.

    Raises:
        BuildError: When it is no longer cached.
    """
    data = cache.get("pictures", *_key(file.sha256, size, quality))
    if data is None:
        raise BuildError(f"{file.path.name}: its {size} picture is no longer cached; build again")
    return data


def _key(sha256: str, size: Size, quality: int) -> tuple[str, ...]:
    side, level = str(SIDES[size]), str(_quality(size, quality))
    return (sha256, size, side, level, VERSION, decoding.VERSION)


def _quality(size: Size, quality: int) -> int:
    return THUMB_QUALITY if size == "thumb" else quality


def _in_parallel(
    jobs: Sequence[tuple[PictureFile, bool]],
    codebook: Codebook,
    cache: Cache,
    quality: int,
    workers: int,
) -> Iterator[PreparedPicture | UnreadablePicture]:
    # Spawned, not forked: TensorFlow's threads don't survive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=start_worker) as pool:
        waiting: deque[Future[PreparedPicture | UnreadablePicture]] = deque()
        feed = iter(jobs)
        try:
            for file, wanted in islice(feed, workers * 4):
                waiting.append(pool.submit(_prepare, file, codebook, cache, wanted, quality))
            while waiting:
                yield waiting.popleft().result()
                for file, wanted in islice(feed, 1):
                    waiting.append(pool.submit(_prepare, file, codebook, cache, wanted, quality))
        except BrokenProcessPool as error:
            raise BuildError(
                "a process that decodes pictures was killed, probably because memory ran out; "
                "free some and build again: the build resumes where it stopped"
            ) from error


def start_worker() -> None:
    """Limit this process's memory, and end it when its parent is killed.

    A picture that needs more memory is refused, and the others are decoded.
    """
    for kind, most in ((resource.RLIMIT_AS, _WORKER_BYTES), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))
    exit_with_parent()


def _prepare(
    file: PictureFile, codebook: Codebook, cache: Cache, needs_pixels: bool, quality: int
) -> PreparedPicture | UnreadablePicture:
    if not needs_pixels and is_cached(file.sha256, codebook, cache, quality):
        return PreparedPicture(file=file, pixels=None)
    try:
        pixels = decoding.load(file.path)
    except PictureError as error:
        return UnreadablePicture(file=file, reason=str(error).removeprefix(f"{file.path.name}: "))
    for size, side in SIDES.items():
        if cache.get("pictures", *_key(file.sha256, size, quality)) is None:
            data = encoding.to_webp(pixels, side=side, quality=_quality(size, quality))
            cache.put("pictures", *_key(file.sha256, size, quality), data=data)
    if features.cached_entry(file.sha256, codebook, cache) is None:
        features.store_entry(file.sha256, codebook, cache, features.make_entry(pixels, codebook))
    return PreparedPicture(file=file, pixels=preprocess.to_input(pixels) if needs_pixels else None)
