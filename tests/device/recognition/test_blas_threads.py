"""numpy's BLAS uses one thread only while a frame is recognised."""

from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from converter.ingest.item import Item
from device.bundle.reader import opened
from device.imaging import decoding, frames
from device.recognition.blas_threads import single_blas_thread
from device.recognition.recogniser import Recogniser
from device.recognition.sheet import detect
from device.recognition.sheet.detect import Detection


def threads() -> set[int]:
    """Return the thread limits of the loaded BLAS libraries."""
    np.eye(2) @ np.eye(2)
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_one_thread_inside_the_block_and_the_former_number_after_it() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()
        with single_blas_thread(), single_blas_thread():
            assert threads() == {1}
        assert threads() == before


@pytest.mark.slow
def test_a_frame_is_recognised_with_one_blas_thread(
    small_bundle: Path, small_items: tuple[Item, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[int]] = []
    find = detect.find_sheets

    def record_threads(pixels: frames.Pixels) -> Detection:
        seen.append(threads())
        return find(pixels)

    monkeypatch.setattr(detect, "find_sheets", record_threads)
    with opened(small_bundle) as bundle, threadpool_limits(limits=2, user_api="blas"):
        pixels = decoding.load(small_items[0].image)
        Recogniser(bundle, threads=2).recognise(frames.frame(pixels, source="test"))

    assert seen == [{1}]
