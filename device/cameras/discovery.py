"""Choose the camera that the stand uses, and say why others were passed over."""

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
    """Open the camera that the configuration asks for.

    Call this once. If the camera is lost later, close and reopen the returned source. Choosing again would show the replay
    camera's pictures to visitors whenever a cable is loose.

    Args:
        config: The kind `auto` takes the Pi's camera, else a webcam, else the replay camera.
        replay: Pictures that the replay camera shows if the configuration names no folder or video.

    Raises:
        CameraMissingError: If no camera can be opened, with the reason for each; or if the kind is `none`.
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
    """Open the configured Pi's camera or webcam; `auto` takes the first that opens.

    Raises:
        CameraMissingError: If neither can be opened, with the reason for each.
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
    """Combine errors into one: absent only if no camera can come back by itself."""
    if len(errors) == 1:
        return errors[0]
    is_absent = all(isinstance(error, CameraAbsentError) for error in errors)
    kind = CameraAbsentError if is_absent else CameraMissingError
    return kind(f"camera: none can be opened: {' | '.join(map(str, errors))}")
