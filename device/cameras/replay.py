"""Replay camera: show pictures or a video as if they lay at the stand.

Ships with the product: for trying the kiosk without hardware, for exhibitions without a stand, and for tests. A picture keeps
its own aspect ratio and fills the frame. Knows nothing of bundles: the caller passes in their pictures.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from device.cameras.source import CameraSource
from device.cameras.video import video_frames
from device.config import CameraConfig
from device.errors import CameraLostError, CameraMissingError, KioskError
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.imaging.picture_formats import SUFFIXES

_log = logging.getLogger(__name__)

HOLD_S = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPicture:
    """A picture to show, not yet decoded.

    Attributes:
        name: Name of the picture in warnings.
        load: Returns uint8 (H, W, 3), RGB, upright; raises a `KioskError` if the picture can't be read.
    """

    name: str
    load: Callable[[], Pixels]


class ReplayCamera(CameraSource):
    """Shows pictures in a loop, each for some seconds, or a video frame by frame.

    Args:
        config: `replay` names a folder (including subfolders, sorted by name) or a video file; `None` takes `pictures`.
            `fps` sets the frame rate. Pictures are scaled down to the frame's longer side.
        pictures: Shown if `config.replay` is `None`, such as the bundle's own; each is loaded when it is shown.
        hold_s: Seconds that a picture lies at the stand (default: 6). A video's frames follow at `fps`.
        clock: Returns monotonic seconds.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        config: CameraConfig,
        *,
        pictures: Sequence[ReplayPicture] = (),
        hold_s: float = HOLD_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        name = config.replay.name if config.replay else "bundle"
        super().__init__(config, name=f"replay:{name}", clock=clock)
        self._pictures = pictures
        self._picture_hold_s = hold_s
        self._sleep = sleep
        self._refused: set[str] = set()
        self._clear()

    def _clear(self) -> None:
        self._sequence: Iterator[Pixels] = iter(())
        self._shown: Pixels | None = None
        self._shown_at_s = self._due_s = float("-inf")

    def _start(self) -> None:
        self._sequence = self._new_sequence()
        # Checked here rather than at the first read.
        self._shown = next(self._sequence, None)
        if self._shown is None:
            raise CameraMissingError(
                f"{self.name}: expected readable pictures or a video, found none; add some"
            )
        self._shown_at_s = self._clock()

    def _take(self, timeout_s: float) -> Pixels:
        self._pace(timeout_s)
        if self._clock() - self._shown_at_s >= self._hold_s:
            self._shown = self._next_picture()
            self._shown_at_s = self._clock()
        if self._shown is None:
            raise CameraLostError(
                f"{self.name}: expected a picture to show, found none left; restore the folder or video"
            )
        return self._shown.copy()

    def _stop(self) -> None:
        self._clear()

    @property
    def _hold_s(self) -> float:
        return 0.0 if self._is_video else self._picture_hold_s

    @property
    def _is_video(self) -> bool:
        return self._config.replay is not None and not self._config.replay.is_dir()

    def _pace(self, timeout_s: float) -> None:
        wait_s = self._due_s - self._clock()
        if wait_s > timeout_s:
            self._sleep(timeout_s)
            raise CameraLostError(
                f"{self.name}: expected a frame within {timeout_s:g} s, but at {self._config.fps:g} a second none is due"
            )
        if wait_s > 0:
            self._sleep(wait_s)
        self._due_s = self._clock() + 1 / self._config.fps

    def _next_picture(self) -> Pixels | None:
        picture = next(self._sequence, None)
        if picture is None:  # at the end, start again
            self._sequence = self._new_sequence()
            try:
                picture = next(self._sequence, None)
            except CameraMissingError as error:  # the video has been deleted
                raise CameraLostError(str(error)) from error
        return picture

    def _new_sequence(self) -> Iterator[Pixels]:
        path = self._config.replay
        if path is not None and self._is_video:
            return video_frames(path)
        pictures = self._pictures if path is None else _folder(path, self._side)
        return self._decoded(pictures)

    @property
    def _side(self) -> int:
        return max(self._config.width, self._config.height)

    def _decoded(self, pictures: Sequence[ReplayPicture]) -> Iterator[Pixels]:
        for picture in pictures:
            try:
                yield picture.load()
            except KioskError as error:
                if picture.name not in self._refused:  # warn once, not in each loop
                    self._refused.add(picture.name)
                    _log.warning("%s: %s left out: %s", self.name, picture.name, error)


def _folder(folder: Path, side: int) -> list[ReplayPicture]:
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    return [ReplayPicture(name=p.name, load=partial(decoding.load, p, side=side)) for p in paths]
