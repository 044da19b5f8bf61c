"""Which camera the stand uses, and why not another."""

import logging
from collections.abc import Callable, Sequence

from device.cameras import supervised
from device.cameras.pi import PiCamera
from device.cameras.replay import ReplayCamera, ReplayPicture
from device.cameras.source import CameraSource
from device.cameras.webcam import WebcamCamera
from device.config import CameraConfig
from device.errors import CameraAbsentError, CameraMissingError

_log = logging.getLogger(__name__)


def open_camera(config: CameraConfig, *, replay: Sequence[ReplayPicture] = ()) -> CameraSource:
    """Give the camera that the configuration asks for, open.

    To be called once. When the camera is lost later, close and open what this gave: choosing anew would
    put the replay camera's pictures before a visitor because somebody tripped over a cable.

    Args:
        config: With the kind `auto`: the Pi's camera, else a webcam, else the replay camera.
        replay: What the replay camera shows where the configuration names no folder or video.

    Raises:
        CameraMissingError: When there is none, saying why of each that was tried; or the kind is `none`.
    """
    if config.kind == "none":
        raise CameraAbsentError('camera: switched off; set [camera] kind to "auto" to use one')
    factories: list[Callable[[], CameraSource]] = []
    if config.kind != "replay":
        factories.append(lambda: _hardware(config))
    if config.kind in ("auto", "replay"):
        factories.append(lambda: ReplayCamera(config, pictures=replay))
    return _first_opened(factories)


def _hardware(config: CameraConfig) -> CameraSource:
    if supervised.is_supported():
        return supervised.SupervisedCamera(config, open_hardware)
    return open_hardware(config)


def open_hardware(config: CameraConfig) -> CameraSource:
    """Give the Pi's camera or the webcam that the configuration asks for, open; with `auto` the first there is.

    Raises:
        CameraMissingError: When there is none, saying why of each that was tried.
    """
    factories: dict[str, Callable[[], CameraSource]] = {
        "pi": lambda: PiCamera(config),
        "webcam": lambda: WebcamCamera(config),
    }
    return _first_opened(
        [factory for kind, factory in factories.items() if config.kind in (kind, "auto")]
    )


def _first_opened(factories: Sequence[Callable[[], CameraSource]]) -> CameraSource:
    errors: list[CameraMissingError] = []
    for factory in factories:
        try:
            source = factory()
            source.open()
        except CameraMissingError as error:
            errors.append(error)
            continue
        if errors:
            reasons = " | ".join(map(str, errors))
            _log.info("camera: %s taken; passed over: %s", source.name, reasons)
        return source
    raise _combined(errors)


def _combined(errors: Sequence[CameraMissingError]) -> CameraMissingError:
    """Give one error for all; absent is what none of them may come back from by itself."""
    if len(errors) == 1:
        return errors[0]
    is_absent = all(isinstance(error, CameraAbsentError) for error in errors)
    kind = CameraAbsentError if is_absent else CameraMissingError
    return kind(f"camera: none can be opened: {' | '.join(map(str, errors))}")
