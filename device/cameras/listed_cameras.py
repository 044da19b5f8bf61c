"""The cameras of this machine with formats and state, and the settings' choice.

Opens webcams for questions alone, and takes no picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from device.cameras import pi
from device.cameras.v4l2 import VideoDevices, VideoFormat, VideoNode
from device.cameras.webcam_choice import candidates
from device.config import CameraConfig
from device.errors import CameraAbsentError, CameraBusyError, CameraMissingError

State = Literal["free", "busy", "unusable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCamera:
    """A camera of this machine.

    Attributes:
        kind: The setting `[camera] kind` of this camera.
        name: What the kiosk calls it, such as `webcam:0 (HD Webcam)`.
        file: A webcam's device file; empty for a Pi's camera.
        device: The setting `[camera] device` that keeps meaning this camera.
        state: Whether it can be opened. A Pi's camera isn't asked.
        note: One line on a state other than `free`; else empty.
        formats: A webcam's formats; empty if it can't be asked.
    """

    kind: Literal["pi", "webcam"]
    name: str
    file: str = ""
    device: str
    state: State = "free"
    note: str = ""
    formats: tuple[VideoFormat, ...] = ()


def listed_cameras(devices: VideoDevices, pi_models: Sequence[str]) -> tuple[ListedCamera, ...]:
    """Return all cameras, in the order in which `auto` tries the kinds.

    Args:
        devices: Lists the webcams.
        pi_models: Names of the Pi's cameras, by number.
    """
    return (
        *_pi_cameras(pi_models),
        *(_webcam(node, devices) for node in devices.nodes() if node.is_capture),
    )


def choice(
    config: CameraConfig, listed: Sequence[ListedCamera], devices: VideoDevices
) -> ListedCamera:
    """Return the camera that the kiosk would take now.

    Args:
        config: The settings.
        listed: All cameras, from `listed_cameras`.
        devices: Lists the webcams.

    Raises:
        CameraMissingError: If it would take none; says why.
    """
    if config.kind in ("replay", "none"):
        raise CameraAbsentError(f'the settings say [camera] kind = "{config.kind}"')
    pi_cameras = [camera for camera in listed if camera.kind == "pi"]
    if config.kind == "pi" or (config.kind == "auto" and pi_cameras):
        try:
            return pi_cameras[pi.number_in([camera.name for camera in pi_cameras], config.device)]
        except CameraMissingError:
            if config.kind == "pi":
                raise
    by_file = {camera.file: camera for camera in listed}
    fitting = [by_file[str(node.path)] for node in candidates(devices.nodes(), config.device)]
    for camera in fitting:
        if camera.state == "free":
            return camera
    kind = CameraBusyError if fitting[0].state == "busy" else CameraMissingError
    raise kind(fitting[0].note)


def _pi_cameras(models: Sequence[str]) -> Iterator[ListedCamera]:
    for number, model in enumerate(models):
        yield ListedCamera(kind="pi", name=f"pi:{number} ({model})", device=str(number))


def _webcam(node: VideoNode, devices: VideoDevices) -> ListedCamera:
    formats: tuple[VideoFormat, ...] = ()
    state: State = "free"
    note = ""
    try:
        formats = devices.formats(node)
        devices.check_free(node)
    except CameraMissingError as error:
        state = "busy" if isinstance(error, CameraBusyError) else "unusable"
        note = str(error)
    return ListedCamera(
        kind="webcam",
        name=node.label,
        file=str(node.path),
        device=str(devices.lasting_path(node)),
        state=state,
        note=note,
        formats=formats,
    )
