"""Linear algebra keeps to one thread while a frame is recognised, and has its threads back afterwards."""

from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from converter.ingest.item import Item
from device.bundle.reader import opened
from device.imaging import frames
from device.recognition.blas_threads import single_blas_thread
from device.recognition.recogniser import Recogniser
from device.recognition.sheet import detect
from device.recognition.sheet.detect import Detection


def threads() -> set[int]:
    """Give how many threads each library of linear algebra would use."""
    np.eye(2) @ np.eye(2)
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_within_there_is_one_thread_and_afterwards_as_many_as_before() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()
        with single_blas_thread(), single_blas_thread():
            assert threads() == {1}
        assert threads() == before


def test_a_frame_is_recognised_on_one_thread(
    small_bundle: Path, small_items: tuple[Item, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[int]] = []
    find = detect.find

    def noted(pixels: frames.Pixels) -> Detection:
        seen.append(threads())
        return find(pixels)

    monkeypatch.setattr(detect, "find_sheets", noted)
    with opened(small_bundle) as bundle, threadpool_limits(limits=2, user_api="blas"):
        pixels = frames.load(small_items[0].image)
        Recogniser(bundle, threads=2).recognise(frames.frame(pixels, source="test"))

    assert seen == [{1}]
