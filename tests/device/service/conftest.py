"""The kiosk's surroundings, in a test's hands."""

import pytest
from blocking_notifier import BlockingNotifier
from pluggable_camera import PluggableCamera

from device.imaging.frames import Pixels


@pytest.fixture
def notifier() -> BlockingNotifier:
    """A line to systemd."""
    return BlockingNotifier()


@pytest.fixture
def camera(print_pictures: dict[str, Pixels]) -> PluggableCamera:
    """A camera that sees the first of the twelve prints."""
    return PluggableCamera(next(iter(print_pictures.values())))
