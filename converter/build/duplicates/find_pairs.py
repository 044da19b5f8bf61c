"""Find all pairs of a bundle's pictures that share lines, without comparing all.

Every picture is looked up in the bundle's inverted index, in separate processes where there are many.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from converter.build.duplicates.bundle_pictures import BundlePicture, list_pictures
from converter.build.duplicates.look_up import LookUp, PictureLookUp, PicturePair
from converter.build.exit_with_parent import exit_with_parent
from converter.errors import DuplicatesError
from converter.progress import Progress
from device.bundle.reader import opened
from device.recognition.blas_threads import single_blas_thread

_CHUNK = 32
# With fewer pictures, processes take longer to start than to save.
_FEWEST_FOR_PROCESSES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPairs:
    """All pairs of a bundle.

    Attributes:
        pairs: Ordered by their rows.
        compared: Number of comparisons of two pictures.
        full: Rows of pictures whose partners may not all be found, because there are more than the rounds.
    """

    pairs: tuple[PicturePair, ...]
    compared: int
    full: tuple[int, ...]


def find(
    bundle: Path,
    pictures: Sequence[BundlePicture],
    *,
    inliers: int,
    workers: int,
    progress: Progress,
) -> FoundPairs:
    """Look up each picture of a bundle among the others.

    Args:
        bundle: The bundle's folder.
        pictures: All its pictures, by row.
        inliers: Inliers that a pair needs to count.
        workers: Number of processes.
        progress: Called after each few pictures.

    Raises:
        BundleDamagedError: If the bundle's files are inconsistent.
        DuplicatesError: If a process was killed.
    """
    first_of = {picture.sha256: picture.row for picture in reversed(pictures)}
    # Of the records that share one file, the first stands for all.
    rows = sorted(first_of.values())
    chunks = [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]
    if workers > 1 and len(rows) >= _FEWEST_FOR_PROCESSES:
        results = _in_parallel(bundle, chunks, inliers, workers)
    else:
        own = _make_look_up(bundle, pictures, inliers)
        results = (_look_up(own, chunk) for chunk in chunks)
    found: dict[tuple[int, int], PicturePair] = {}
    compared, full, done = 0, [], 0
    for chunk, look_ups in zip(chunks, results, strict=True):
        for row, one in zip(chunk, look_ups, strict=True):
            _keep_best(found, one.pairs)
            compared += one.compared
            full += [row] if one.is_full else []
        done += len(chunk)
        progress("look up pictures", done, len(rows))
    ordered = tuple(found[key] for key in sorted(found))
    return FoundPairs(pairs=ordered, compared=compared, full=tuple(full))


def _keep_best(found: dict[tuple[int, int], PicturePair], pairs: Sequence[PicturePair]) -> None:
    """Add pairs, each of which may be found from both sides, and mirrored."""
    for pair in pairs:
        key = (pair.first, pair.second)
        if key not in found or found[key].measures.inliers < pair.measures.inliers:
            found[key] = pair


def _in_parallel(
    path: Path, chunks: Sequence[Sequence[int]], inliers: int, workers: int
) -> Iterator[list[LookUp]]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=exit_with_parent) as pool:
        waiting: deque[Future[list[LookUp]]] = deque()
        feed = iter(chunks)
        try:
            for chunk in islice(feed, workers * 4):
                waiting.append(pool.submit(_look_up_chunk, path, chunk, inliers))
            while waiting:
                yield waiting.popleft().result()
                for chunk in islice(feed, 1):
                    waiting.append(pool.submit(_look_up_chunk, path, chunk, inliers))
        except BrokenProcessPool as error:
            raise DuplicatesError(
                f"{path}: a process that compares pictures was killed, probably because memory ran out; "
                "free some and run duplicates again"
            ) from error


def _look_up_chunk(path: Path, rows: Sequence[int], inliers: int) -> list[LookUp]:
    return _look_up(_opened_look_up(path, inliers), rows)


@lru_cache(maxsize=1)
def _opened_look_up(path: Path, inliers: int) -> PictureLookUp:
    """Memory-map a bundle's features once in each worker process."""
    with opened(path) as bundle:
        return _make_look_up(path, list_pictures(bundle), inliers)


def _make_look_up(path: Path, pictures: Sequence[BundlePicture], inliers: int) -> PictureLookUp:
    with single_blas_thread():
        return PictureLookUp(path, pictures, inliers=inliers)


def _look_up(own: PictureLookUp, rows: Sequence[int]) -> list[LookUp]:
    with single_blas_thread():
        return [own.look_up(row) for row in rows]
