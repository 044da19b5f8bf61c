"""A kiosk with a notifier and a camera that the test controls."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from blocking_notifier import BlockingNotifier
from pluggable_camera import PluggableCamera
from running_kiosk import kiosk, opened_camera, until

from device.imaging.frames import Pixels
from device.service import KioskService
from device.service.state import Phase


@pytest.fixture
def notifier() -> BlockingNotifier:
    """A notifier that records its messages."""
    return BlockingNotifier()


@pytest.fixture
def camera(print_pictures: dict[str, Pixels]) -> PluggableCamera:
    """A camera that sees the first of the twelve prints."""
    return PluggableCamera(next(iter(print_pictures.values())))


@pytest.fixture
def service(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> Iterator[KioskService]:
    """A running kiosk with its camera looking at the first print."""
    with kiosk(small_bundle, lambda bundle: opened_camera(camera), notifier) as made:
        until(made, lambda state: state.phase is Phase.LOOKING)
        yield made
