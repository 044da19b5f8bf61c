"""The kiosk's surroundings, in a test's hands."""

import pytest
from hand_camera import HandCamera
from held_notifier import HeldNotifier

from device.imaging.frames import Pixels


@pytest.fixture
def notifier() -> HeldNotifier:
    """A line to systemd."""
    return HeldNotifier()


@pytest.fixture
def camera(print_pictures: dict[str, Pixels]) -> HandCamera:
    """A camera that sees the first of the twelve prints."""
    return HandCamera(next(iter(print_pictures.values())))
