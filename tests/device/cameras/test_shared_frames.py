"""Frames in shared memory are read complete or not at all."""

import os
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from device.cameras import shared_frames
from device.cameras.shared_frames import SLOT_BYTES, SLOTS, FrameLocation, SharedFrames
from device.errors import CameraLostError


@pytest.fixture
def ends() -> Iterator[tuple[SharedFrames, SharedFrames]]:
    """Return the writing end and the reading end."""
    descriptor = shared_frames.create_memory()
    yield SharedFrames(descriptor), SharedFrames(descriptor)
    os.close(descriptor)


def picture(level: int, height: int = 4, width: int = 6) -> np.ndarray:
    """Return a picture of one level."""
    return np.full((height, width, 3), level, np.uint8)


def test_a_frame_is_read_as_it_was_written(ends) -> None:
    writer, reader = ends
    shown = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)

    location = writer.write(shown, 12.5)

    assert np.array_equal(reader.read(location), shown)
    assert location.captured_at_s == 12.5


def test_a_frame_that_was_read_is_a_copy(ends) -> None:
    writer, reader = ends
    first = reader.read(writer.write(picture(1), 0.0))
    for level in range(2, 2 + SLOTS):
        writer.write(picture(level), 0.0)

    assert (first == 1).all()


def test_an_overwritten_frame_is_dropped(ends) -> None:
    writer, reader = ends
    location = writer.write(picture(1), 0.0)
    for level in range(2, 2 + SLOTS):
        writer.write(picture(level), 0.0)

    assert reader.read(location) is None


def test_no_frame_is_ever_torn(ends) -> None:
    """With a fast writer and a late reader, each frame that is read still has a single level."""
    writer, reader = ends
    locations: list[FrameLocation] = []
    is_over = threading.Event()

    def write() -> None:
        level = 0
        while not is_over.is_set():
            level = (level + 1) % 251
            locations.append(writer.write(picture(level, 400, 400), 0.0))

    thread = threading.Thread(target=write)
    thread.start()
    whole = gone = 0
    while whole < 300:
        if not locations:
            continue
        pixels = reader.read(locations[-1])
        if pixels is None:
            gone += 1
            continue
        whole += 1
        assert (pixels == pixels[0, 0, 0]).all()
    is_over.set()
    thread.join()


def test_a_frame_that_was_never_finished_is_not_read(ends) -> None:
    """A process that is killed while writing leaves such a frame."""
    writer, reader = ends
    location = writer.write(picture(1), 0.0)
    writer._memory[writer._start_of(1) : writer._start_of(1) + 8] = (1).to_bytes(8, "little")

    assert reader.read(location) is None


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        "a picture",
        None,
    ],
    ids=lambda each: str(getattr(each, "shape", each)),
)
def test_other_arrays_are_refused_with_dtype_and_shape(ends, wrong) -> None:
    with pytest.raises(CameraLostError, match=r"expected pictures of uint8 \(H, W, 3\), found"):
        ends[0].write(wrong, 0.0)


@pytest.mark.parametrize(
    ("sequence", "height", "width"), [(0, 4, 4), (1, 0, 4), (1, -4, 4), (1, SLOT_BYTES, 1)]
)
def test_an_invalid_location_is_refused(ends, sequence, height, width) -> None:
    location = FrameLocation(sequence=sequence, height=height, width=width, captured_at_s=0.0)

    with pytest.raises(CameraLostError, match="expected a frame's location"):
        ends[1].read(location)


def test_the_memory_can_neither_shrink_nor_grow() -> None:
    """SIGBUS would kill a reader of a file that shrank."""
    descriptor = shared_frames.create_memory()

    for size in (0, SLOTS * SLOT_BYTES + 1):
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, size)
    os.close(descriptor)


def test_the_memory_is_in_no_folder() -> None:
    descriptor = shared_frames.create_memory()

    assert os.fstat(descriptor).st_nlink == 0
    os.close(descriptor)
