"""The contract of all cameras, tested on every camera."""

import threading

import numpy as np
import pytest

from device.errors import CameraLostError

WAIT_S = 10.0  # far more than any camera takes, so that no test fails on a slow machine


def test_a_frame_is_contiguous_8_bit_rgb(rig, opened):
    frame = opened(rig).read(WAIT_S)

    assert frame.pixels.dtype == np.uint8
    assert frame.pixels.ndim == 3 and frame.pixels.shape[2] == 3
    assert frame.pixels.flags.c_contiguous


@pytest.mark.slow
def test_a_frame_names_its_source(rig, opened):
    source = opened(rig)

    assert source.read(WAIT_S).source == source.name


def test_colours_and_their_places_are_those_of_the_card(card_rig, opened, quarters):
    frame = opened(card_rig).read(WAIT_S)

    assert frame.pixels.shape == (120, 160, 3)
    assert quarters(frame.pixels) == ["red", "green", "blue", "white"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rotate_deg": 90}, ["blue", "red", "white", "green"]),
        ({"rotate_deg": 180}, ["white", "blue", "green", "red"]),
        ({"rotate_deg": 270}, ["green", "white", "red", "blue"]),
        ({"mirror": True}, ["green", "red", "white", "blue"]),
        ({"rotate_deg": 90, "mirror": True}, ["red", "blue", "green", "white"]),
        ({"region": (0.5, 0.0, 1.0, 0.5)}, ["green"] * 4),
        ({"mirror": True, "region": (0.5, 0.0, 1.0, 0.5)}, ["red"] * 4),
        ({"rotate_deg": 90, "region": (0.0, 0.0, 0.5, 0.5)}, ["blue"] * 4),
    ],
)
def test_rotation_mirror_and_region_are_applied_in_this_order(
    card_rig, opened, quarters, changes, expected
):
    frame = opened(card_rig, **changes).read(WAIT_S)

    assert quarters(frame.pixels) == expected
    assert frame.pixels.flags.c_contiguous


def test_numbers_rise_by_one_and_the_clock_never_goes_back(rig, opened):
    source = opened(rig)

    frames = [source.read(WAIT_S) for _ in range(5)]

    assert [f.number for f in frames] == list(range(frames[0].number, frames[0].number + 5))
    times = [f.captured_at_s for f in frames]
    assert times == sorted(times)


def test_a_frame_belongs_to_its_reader(rig, opened):
    source = opened(rig)
    first = source.read(WAIT_S)
    before = first.pixels.copy()

    second = source.read(WAIT_S)
    second.pixels[:] = 0

    assert not np.shares_memory(first.pixels, second.pixels)
    assert np.array_equal(first.pixels, before)


def test_changing_a_frame_does_not_change_the_next(card_rig, opened, quarters):
    source = opened(card_rig)

    source.read(WAIT_S).pixels[:] = 0

    assert quarters(source.read(WAIT_S).pixels) == ["red", "green", "blue", "white"]


def test_close_may_be_called_twice_and_before_open(rig, config):
    source = rig.make(config)

    source.close()
    source.open()
    source.close()
    source.close()

    assert not source.is_open


def test_open_may_be_called_twice(rig, opened):
    source = opened(rig)

    source.open()

    assert source.read(WAIT_S)


def test_reading_a_closed_camera_is_refused(rig, config):
    source = rig.make(config)
    with pytest.raises(CameraLostError):
        source.read(WAIT_S)
    with source:
        source.read(WAIT_S)

    with pytest.raises(CameraLostError):
        source.read(WAIT_S)


def test_frame_numbers_keep_rising_after_reopening(rig, config):
    source = rig.make(config)
    with source:
        last = source.read(WAIT_S).number

    with source:
        assert source.read(WAIT_S).number == last + 1


@pytest.mark.slow
def test_unplugging_raises_instead_of_waiting_for_ever(rig, opened):
    if rig.unplug is None:
        pytest.skip("real hardware can't be unplugged by a test")
    source = opened(rig)
    source.read(WAIT_S)

    rig.unplug()

    with pytest.raises(CameraLostError) as error:
        for _ in range(1000):  # frames already captured may still arrive
            source.read(1.0)
    assert source.name in str(error.value) or "expected" in str(error.value)
    assert "\n" not in str(error.value)


def test_closing_from_another_thread_ends_a_read(rig, opened):
    source = opened(rig)
    ended = threading.Event()

    def read_on() -> None:
        try:
            while True:
                source.read(WAIT_S)
        except CameraLostError:
            ended.set()

    reader = threading.Thread(target=read_on, daemon=True)
    reader.start()
    source.close()
    reader.join(60)

    assert ended.is_set()
