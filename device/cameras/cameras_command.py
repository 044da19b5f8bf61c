"""The command `cameras`: list what is plugged in, and take a picture with each if asked."""

import argparse
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from device.cameras import discovery, pi
from device.cameras.listed_cameras import ListedCamera, choice, listed_cameras
from device.cameras.source import CameraSource
from device.cameras.v4l2 import VideoDevices
from device.config import CameraConfig, Config
from device.errors import CameraMissingError, KioskError, PictureError
from device.imaging import encoding

# A webcam's first frames are dark, or of the wrong colour, until it has measured the light.
_SETTLING_FRAMES, _FRAME_S, _QUALITY = 10, 10.0, 92


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPicture:
    """A picture of one camera: its file, or the one line that says why there is none."""

    file: str = ""
    note: str = ""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (kiosk.toml)")
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="take a picture with each camera, and write it to FOLDER, which must be new or empty; "
        "pictures stay until you delete them, so take them while no visitor is in sight",
    )
    parser.add_argument("--json", action="store_true", help="print JSON (default: text)")


def run(
    options: argparse.Namespace,
    config: Config,
    *,
    devices: VideoDevices | None = None,
    pi_models: Callable[[], Sequence[str]] = pi.models,
    hardware: Callable[[CameraConfig], CameraSource] = discovery.machine_camera,
) -> int:
    """List the cameras; return 1 if a picture was asked for and a camera gave none, else 0.

    Args:
        options: The parsed options.
        config: The kiosk's settings.
        devices: Lists the webcams; `None` for those of this machine.
        pi_models: Returns the names of the Pi's cameras, by number.
        hardware: Returns the camera of some settings, open or closed.

    Raises:
        PictureError: If the folder for pictures is neither new nor empty.
    """
    devices = devices or VideoDevices()
    listed = listed_cameras(devices, pi_models())
    pictures: dict[str, TakenPicture] = {}
    if options.pictures is not None:
        _prepare(options.pictures)
        for camera in listed:
            pictures[camera.name] = _take(camera, config.camera, options.pictures, hardware)
    try:
        chosen, reason = choice(config.camera, listed, devices).name, ""
    except CameraMissingError as error:
        chosen, reason = "", str(error)
    if options.json:
        print(_json(listed, pictures, chosen, reason))
    else:
        print("\n".join(_text(listed, pictures, chosen, reason)))
    return 0 if all(picture.file for picture in pictures.values()) else 1


def _prepare(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PictureError(
            f"{folder}: expected a new or empty folder, found files; name another folder"
        )
    folder.mkdir(parents=True, exist_ok=True)


def _take(
    camera: ListedCamera,
    config: CameraConfig,
    folder: Path,
    hardware: Callable[[CameraConfig], CameraSource],
) -> TakenPicture:
    device = camera.file or camera.device
    try:
        with hardware(replace(config, kind=camera.kind, device=device)) as source:
            for _ in range(_SETTLING_FRAMES):
                frame = source.read(_FRAME_S)
    except KioskError as error:
        return TakenPicture(note=str(error))
    file = folder / f"{'-'.join(re.findall(r'[A-Za-z0-9]+', camera.name))}.jpg"
    side = max(frame.pixels.shape[:2])
    file.write_bytes(encoding.to_jpeg(frame.pixels, side=side, quality=_QUALITY))
    return TakenPicture(file=str(file))


def _text(
    listed: Sequence[ListedCamera],
    pictures: Mapping[str, TakenPicture],
    chosen: str,
    reason: str,
) -> Iterator[str]:
    for camera in listed:
        yield camera.name
        if camera.file:
            yield f"  file      {camera.file}"
        yield f'  settings  kind = "{camera.kind}", device = {json.dumps(camera.device)}'
        yield f"  state     {camera.state}"
        if camera.note:
            yield f"            {camera.note}"
        for number, offered in enumerate(camera.formats):
            sizes = " ".join(f"{width}x{height}" for width, height in offered.sizes)
            yield f"  {'' if number else 'formats':8}  {offered.code:4} {sizes}".rstrip()
        if camera.name in pictures:
            yield f"  picture   {pictures[camera.name].file or pictures[camera.name].note}"
        yield ""
    if not listed:
        yield "no camera found: plug a webcam in, or check the ribbon cable of the Pi's camera"
    yield f"the kiosk takes {chosen}" if chosen else f"the kiosk takes no camera: {reason}"


def _json(
    listed: Sequence[ListedCamera],
    pictures: Mapping[str, TakenPicture],
    chosen: str,
    reason: str,
) -> str:
    cameras = [
        asdict(camera) | {"picture": asdict(pictures.get(camera.name, TakenPicture()))}
        for camera in listed
    ]
    return json.dumps({"cameras": cameras, "chosen": chosen, "reason": reason}, ensure_ascii=False)
