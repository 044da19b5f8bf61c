"""Choose the camera that the stand uses, and say why others were passed over."""

import logging
from collections.abc import Callable, Sequence
from functools import partial

from device.cameras import supervised
from device.cameras.first_opened import first_opened
from device.cameras.pi import PiCamera
from device.cameras.replay import FileLoader, ReplayCamera, ReplayPicture, load_in_process
from device.cameras.source import CameraSource
from device.cameras.webcam import WebcamCamera
from device.cameras.webcam_choice import is_named
from device.config import CameraConfig
from device.errors import CameraAbsentError, CameraBusyError, CameraMissingError
from device.imaging.frames import Pixels

_log = logging.getLogger(__name__)


def open_camera(
    config: CameraConfig,
    *,
    load: FileLoader = load_in_process,
    replay: Sequence[ReplayPicture] = (),
    is_photograph: Callable[[Pixels], bool] | None = None,
    hardware: Callable[[CameraConfig], CameraSource] | None = None,
) -> CameraSource:
    """Open the camera that the configuration asks for.

    Call this once. If the camera is lost later, close and reopen the returned source. Choosing again would show the replay
    camera's pictures to visitors whenever a cable is loose.

    Args:
        config: The kind `auto` takes the Pi's camera, else a webcam, else the replay camera. The replay camera doesn't
            replace one that is named by a path or part of its name.
        load: Decodes the files of a replay camera's folder.
        replay: Pictures that the replay camera shows if the configuration names no folder or video.
        is_photograph: Whether a picture of a replayed folder already shows a print on some ground. Any other is laid
            on a table; none is by default.
        hardware: Returns the Pi's camera or webcam, open or closed; `None` for the one of this machine.

    Raises:
        CameraBusyError: If another program uses the camera; the replay camera doesn't replace it.
        CameraMissingError: If no camera can be opened, with the reason for each; or if the kind is `none`.
    """
    if config.kind == "none":
        raise CameraAbsentError('camera: switched off; set [camera] kind to "auto" to use one')
    factories: list[Callable[[], CameraSource]] = []
    if config.kind != "replay":
        factories.append(lambda: (hardware or machine_camera)(config))
    if config.kind == "replay" or (config.kind == "auto" and not is_named(config.device)):
        factories.append(
            lambda: ReplayCamera(config, pictures=replay, load=load, is_photograph=is_photograph)
        )
    # A camera in use is there, and comes by itself: a replay must not take its place for good.
    return _first_opened(factories, stop_at=CameraBusyError)


def machine_camera(config: CameraConfig) -> CameraSource:
    """Return the configured Pi's camera or webcam, in a process of its own where possible.

    Open it first, unless it is open. Where it has no process, this raises as `open_hardware` does.
    """
    if supervised.is_supported():
        return supervised.SupervisedCamera(config, open_hardware)
    return open_hardware(config)


def open_hardware(config: CameraConfig, chosen: str = "") -> CameraSource:
    """Open the configured Pi's camera or webcam; `auto` takes the first that opens.

    Args:
        config: The settings.
        chosen: Text by which a webcam that was lost is found again; see `CameraSource`.

    Raises:
        CameraMissingError: If neither can be opened, with the reason for each.
    """
    factories: dict[str, Callable[[], CameraSource]] = {
        "pi": lambda: PiCamera(config),
        "webcam": lambda: WebcamCamera(config, chosen=chosen),
    }
    return _first_opened(
        [factory for kind, factory in factories.items() if config.kind in (kind, "auto")]
    )


def _first_opened(
    factories: Sequence[Callable[[], CameraSource]],
    stop_at: type[CameraMissingError] | tuple[()] = (),
) -> CameraSource:
    openers = [partial(_opened, factory) for factory in factories]
    source, errors = first_opened(openers, stop_at=stop_at)
    if errors:
        reasons = " | ".join(map(str, errors))
        _log.info("camera: %s taken; passed over: %s", source.name, reasons)
    return source


def _opened(factory: Callable[[], CameraSource]) -> CameraSource:
    source = factory()
    source.open()
    return source
