"""A picture that ends its decoder costs one guest an error, and the next is answered."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import bad_decoder
import pytest
from flask.testing import FlaskClient
from kiosk_page import app_of, no_camera

from bench.crafted_pictures import jpeg, png, resized_jpeg, scan_bomb
from device.config import RecognitionConfig
from device.imaging.decoding import UPLOAD_SIDE
from device.imaging.frames import Pixels
from device.imaging.isolation.isolated_decoder import UPLOAD_LIMITS, IsolatedDecoder
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService

pytestmark = pytest.mark.slow

JPEG = {"Content-Type": "image/jpeg"}


class RenamingDecoder:
    """A decoder that goes wrong as `name` says.

    Attributes:
        name: Name of the next pictures.
    """

    def __init__(self, decoder: IsolatedDecoder) -> None:
        self._decoder = decoder
        self.name = "upload"

    def decode(self, data: bytes, *, name: str, side: int = UPLOAD_SIDE) -> Pixels:
        return self._decoder.decode(data, name=self.name, side=side)

    def load(self, path: Path, *, side: int = UPLOAD_SIDE) -> Pixels:
        return self._decoder.load(path, side=side)

    def close(self) -> None:
        self._decoder.close()


@pytest.fixture(scope="module")
def decoder() -> Iterator[RenamingDecoder]:
    command = IsolatedDecoder(
        uploads=replace(UPLOAD_LIMITS, wall_s=2.0), command=bad_decoder.COMMAND
    )
    with closing(RenamingDecoder(command)) as made:
        yield made


@pytest.fixture(scope="module")
def kiosk(small_bundle: Path, decoder: RenamingDecoder) -> Iterator[FlaskClient]:
    """A client of a kiosk with this decoder."""
    with KioskService(
        small_bundle,
        CameraSetup(opener=no_camera),
        RecognitionConfig(threads=2),
        notifier=Notifier(None),
        decoder=decoder,
    ) as service:
        yield app_of(service).test_client()


def search(kiosk: FlaskClient, data: bytes) -> tuple[int, dict[str, object]]:
    answer = kiosk.post("/api/v1/search", data=data, headers=JPEG)
    return answer.status_code, answer.get_json()


@pytest.mark.parametrize("name", bad_decoder.BAD)
def test_a_decoder_that_goes_wrong_costs_one_guest_one_error(
    kiosk: FlaskClient, decoder: RenamingDecoder, upload: bytes, name: str
) -> None:
    decoder.name = name
    status, problem = search(kiosk, upload)
    decoder.name = "upload"

    assert (status, set(problem)) == (400, {"error", "said"})
    assert "\n" not in str(problem["error"])
    assert search(kiosk, upload)[0] == 200


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (png(4200, 4200), "at most 16 megapixels"),
        (resized_jpeg(jpeg(64, 64, progressive=True), 8000, 8000), "in a progressive JPEG"),
        (scan_bomb(1000), "at most 100 scans"),
    ],
)
def test_a_costly_picture_is_refused_with_what_works(
    kiosk: FlaskClient, upload: bytes, data: bytes, found: str
) -> None:
    status, problem = search(kiosk, data)

    assert status == 400
    assert found in str(problem["error"])
    assert search(kiosk, upload)[0] == 200
