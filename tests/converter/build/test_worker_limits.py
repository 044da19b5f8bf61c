"""A process that decodes has limits, and refuses the picture that exceeds them."""

import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from bench.crafted_pictures import png
from converter.build import pictures
from device.errors import PictureError
from device.imaging import decoding


def _limits(_: int) -> tuple[int, ...]:
    return tuple(resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_CORE))


@pytest.mark.slow
def test_a_worker_may_take_three_times_what_a_picture_may_hold_and_dumps_no_core() -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=pictures.start_worker) as pool:
        assert list(pool.map(_limits, [0])) == [(12_000_000_000, 0)]


def _load_in_little_memory(path: Path) -> str:
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + 20_000_000, hard))
    try:
        decoding.load(path)
    except PictureError as error:
        return str(error)
    return "decoded"


@pytest.mark.slow
def test_a_picture_above_the_limit_is_refused_and_the_worker_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png(4000, 4000))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        refusals = list(pool.map(_load_in_little_memory, [path, path]))

    assert refusals[0].startswith("large.png: expected a whole picture")
    assert refusals[1] == refusals[0]
