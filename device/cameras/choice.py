"""Which camera the stand uses, and why not another."""

import logging
from collections.abc import Callable, Sequence

from device.cameras.pi import PiCamera
from device.cameras.replay import ReplayCamera, ReplayPicture
from device.cameras.source import CameraSource
from device.cameras.webcam import WebcamCamera
from device.config import CameraConfig
from device.errors import CameraMissingError

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
    makers: dict[str, Callable[[], CameraSource]] = {
        "pi": lambda: PiCamera(config),
        "webcam": lambda: WebcamCamera(config),
        "replay": lambda: ReplayCamera(config, pictures=replay),
    }
    if config.kind == "none":
        raise CameraMissingError('camera: switched off; set [camera] kind to "auto" to use one')
    if config.kind != "auto":
        return _opened(makers[config.kind]())
    return _first_opened(makers)


def _first_opened(makers: dict[str, Callable[[], CameraSource]]) -> CameraSource:
    reasons: list[str] = []
    for make in makers.values():
        try:
            source = _opened(make())
        except CameraMissingError as error:
            reasons.append(str(error))
            continue
        if reasons:
            _log.info("camera: %s taken; passed over: %s", source.name, " | ".join(reasons))
        return source
    raise CameraMissingError(f"camera: none can be opened: {' | '.join(reasons)}")


def _opened(source: CameraSource) -> CameraSource:
    source.open()
    return source
