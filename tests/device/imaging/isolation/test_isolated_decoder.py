"""A decoder that goes wrong costs its own picture, and the next one is decoded."""

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import bad_decoder
import numpy as np
import pytest
from bad_decoder import COMMAND
from PIL import Image

from bench.crafted_pictures import jpeg, png, scan_bomb
from device.errors import BusyError, PictureError
from device.imaging import decoding
from device.imaging.isolation.isolated_decoder import UPLOAD_LIMITS, IsolatedDecoder

SOON = replace(UPLOAD_LIMITS, wall_s=1.0, waiting_s=0.1)


def picture(**options: object) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (30, 40, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((400, 300)).save(file, "JPEG", **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def decoder() -> Iterator[IsolatedDecoder]:
    """A decoder whose processes go wrong for pictures of some names."""
    with closing(IsolatedDecoder(command=COMMAND)) as made:
        yield made


@pytest.fixture(scope="module")
def impatient() -> Iterator[IsolatedDecoder]:
    """The same, with little time, and for one picture at a time."""
    with closing(IsolatedDecoder(parallel=1, uploads=SOON, command=COMMAND)) as made:
        made.decode(jpeg(8, 8), name="warm-up")
        yield made


@pytest.mark.slow
def test_pixels_are_those_of_this_process(decoder: IsolatedDecoder, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.open(io.BytesIO(picture())).save(path)

    for data in (picture(), jpeg(2000, 1000, "CMYK"), png(1700, 40, 16, 0), png(40, 40, 8, 3)):
        assert np.array_equal(decoder.decode(data, name="a"), decoding.decode(data, name="a"))
    assert np.array_equal(decoder.load(path, side=80), decoding.load(path, side=80))


def test_refusals_are_those_of_this_process(decoder: IsolatedDecoder, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"nothing")
    for read in (
        lambda one: one.decode(b"", name="a"),
        lambda one: one.decode(scan_bomb(101, side=64), name="a"),
        lambda one: one.load(tmp_path / "a.tif", side=9),
        lambda one: one.load(tmp_path / "none.tif", side=9),
    ):
        with pytest.raises(PictureError) as here:
            read(decoding)
        with pytest.raises(PictureError) as there:
            read(decoder)
        # The desk, and with it these tests, also read HEIC.
        assert str(there.value) == str(here.value).replace(", HEIC", "")


@pytest.mark.slow
@pytest.mark.parametrize("name", bad_decoder.BAD)
def test_a_decoder_that_goes_wrong_is_replaced(impatient: IsolatedDecoder, name: str) -> None:
    with pytest.raises(PictureError, match="expected a picture that can be decoded, found") as one:
        impatient.decode(picture(), name=name)

    assert "\n" not in str(one.value)
    assert impatient.decode(picture(), name="the next").shape == (300, 400, 3)


def test_a_slow_picture_keeps_nobody_waiting(decoder: IsolatedDecoder) -> None:
    slow = threading.Thread(target=_refused, args=(decoder, "answers late"), daemon=True)
    slow.start()

    assert decoder.decode(picture(), name="a").shape == (300, 400, 3)

    assert slow.is_alive()
    decoder.close()  # ends it
    slow.join(20)
    assert not slow.is_alive()


def _refused(decoder: IsolatedDecoder, name: str) -> None:
    with pytest.raises(PictureError):
        decoder.decode(picture(), name=name)


@pytest.mark.slow
def test_a_picture_for_which_no_decoder_is_free_is_refused_as_busy() -> None:
    with closing(
        IsolatedDecoder(parallel=1, uploads=replace(UPLOAD_LIMITS, waiting_s=0.1), command=COMMAND)
    ) as decoder:
        decoder.decode(jpeg(8, 8), name="warm-up")
        slow = threading.Thread(target=_refused, args=(decoder, "answers late"), daemon=True)
        slow.start()
        while decoder._free._value:  # until it is taken
            slow.join(0.01)
        with pytest.raises(BusyError, match="all decoders are busy"):
            decoder.decode(picture(), name="a")


@pytest.mark.slow
def test_a_fork_server_that_was_killed_is_started_again() -> None:
    with closing(IsolatedDecoder(command=COMMAND)) as decoder:
        decoder.decode(jpeg(8, 8), name="a")
        os.kill(decoder.process_id, signal.SIGKILL)
        assert decoder.decode(jpeg(8, 8), name="a").shape == (8, 8, 3)


def test_a_fork_server_that_always_ends_leaves_the_kiosk_busy() -> None:
    with (
        closing(IsolatedDecoder(command=(sys.executable, "-c", ""))) as decoder,
        pytest.raises(BusyError, match="no decoder can be started"),
    ):
        decoder.decode(jpeg(8, 8), name="a")


@pytest.mark.slow
def test_no_process_is_left_when_it_is_closed() -> None:
    decoder = IsolatedDecoder(command=COMMAND)
    decoder.decode(jpeg(8, 8), name="a")
    process = decoder.process_id

    decoder.close()

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(BusyError, match="stopping"):
        decoder.decode(jpeg(8, 8), name="a")


@pytest.mark.slow
def test_a_picture_that_exceeds_its_memory_is_refused() -> None:
    small = replace(UPLOAD_LIMITS, memory_bytes=8 << 20)
    with closing(IsolatedDecoder(uploads=small)) as decoder, pytest.raises(PictureError):
        decoder.decode(png(4000, 4000), name="a")
