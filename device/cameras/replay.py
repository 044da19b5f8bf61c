"""Replay camera: hands lay prints on a table, or a video runs, as if at the stand.

Ships with the product: for trying the kiosk without hardware, for exhibitions without a stand, and for tests. What it shows
is answered by the ordinary service. Knows nothing of bundles: the caller passes in their pictures.
"""

import itertools
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from device.cameras.source import CameraSource
from device.cameras.table.visits import VisitKind, make_visit
from device.cameras.video import VideoScene
from device.config import CameraConfig
from device.errors import CameraLostError, CameraMissingError, KioskError
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.imaging.picture_formats import SUFFIXES

if TYPE_CHECKING:
    from device.cameras.table.stage import TableStage

_log = logging.getLogger(__name__)

HOLD_S = 12.0


class FileLoader(Protocol):
    """A function that decodes a picture file."""

    def __call__(self, path: Path, *, side: int) -> Pixels:
        """Return uint8 (H, W, 3), RGB, upright; raises a `KioskError` if the file can't be read."""


def load_in_process(path: Path, *, side: int) -> Pixels:
    """Decode a picture file in this process."""
    return decoding.load(path, side=side)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPicture:
    """A picture to show, not yet decoded.

    Attributes:
        name: Name of the picture in warnings.
        load: Returns uint8 (H, W, 3), RGB, upright; raises a `KioskError` if the picture can't be read.
        is_scan: Whether it is known to be a print that fills the frame, which is laid on a table.
        is_stranger: Whether it is a print of no collection, shown as such now and then.
    """

    name: str
    load: Callable[[], Pixels]
    is_scan: bool = False
    is_stranger: bool = False


class ReplayScene(Protocol):
    """What is shown next, by its time: a picture, a video, or a print's visit."""

    def at(self, time_s: float) -> Pixels | None:
        """Return the frame at a time since the start, or `None` after the end; times rise.

        uint8 (H, W, 3), RGB. Nothing may write to it.
        """


class StillScene:
    """One picture for some seconds."""

    def __init__(self, pixels: Pixels, hold_s: float) -> None:
        self._pixels = pixels
        self._hold_s = hold_s

    def at(self, time_s: float) -> Pixels | None:
        """Return the picture, or `None` after its time."""
        return self._pixels if time_s < self._hold_s else None


class ReplayCamera(CameraSource):
    """Lays prints on a table in a loop, shows photographs as they are, or plays a video.

    Args:
        config: `replay` names a folder (including subfolders, sorted by name) or a video file; `None` takes `pictures`.
            `fps` sets the frame rate. Pictures and videos are scaled down to the frame's longer side.
        pictures: Shown if `config.replay` is `None`, such as the bundle's own; each is loaded when it is shown.
        load: Decodes the files of a folder.
        is_photograph: Whether a picture already shows a print on some ground; any other is laid on a table. `None` shows
            all pictures as they are.
        hold_s: Seconds for which a photograph is shown (default: 12).
        clock: Returns monotonic seconds.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self,
        config: CameraConfig,
        *,
        pictures: Sequence[ReplayPicture] = (),
        load: FileLoader = load_in_process,
        is_photograph: Callable[[Pixels], bool] | None = None,
        hold_s: float = HOLD_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        name = config.replay.name if config.replay else "bundle"
        super().__init__(config, name=f"replay:{name}", clock=clock)
        self._pictures = [each for each in pictures if not each.is_stranger]
        self._strangers = itertools.cycle([each for each in pictures if each.is_stranger])
        self._load_file = load
        self._is_photograph = is_photograph
        self._hold_s = hold_s
        self._sleep = sleep
        self._refused: set[str] = set()
        self._clear()

    def _clear(self) -> None:
        self._scenes: Iterator[ReplayScene] = iter(())
        self._kinds = enumerate(itertools.cycle(VisitKind))
        self._scene: ReplayScene | None = None
        self._started_s = self._due_s = float("-inf")

    def _start(self) -> None:
        self._scenes = self._new_scenes()
        # Checked here rather than at the first read.
        self._scene = next(self._scenes, None)
        if self._scene is None or self._scene.at(0.0) is None:
            self._clear()
            raise CameraMissingError(
                f"{self.name}: expected readable pictures or a video, found none; add some"
            )
        self._started_s = self._clock()

    def _take(self, timeout_s: float) -> Pixels:
        self._pace(timeout_s)
        shown = self._scene.at(self._clock() - self._started_s) if self._scene else None
        if shown is None:
            self._scene = self._next_scene()
            self._started_s = self._clock()
            shown = self._scene.at(0.0) if self._scene else None
        if shown is None:
            raise CameraLostError(
                f"{self.name}: expected a picture to show, found none left; restore the folder or video"
            )
        return shown.copy()

    def _stop(self) -> None:
        self._clear()

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

    def _next_scene(self) -> ReplayScene | None:
        scene = next(self._scenes, None)
        if scene is None:  # at the end, start again
            self._scenes = self._new_scenes()
            try:
                scene = next(self._scenes, None)
            except CameraMissingError as error:  # the video has been deleted
                raise CameraLostError(str(error)) from error
        return scene

    def _new_scenes(self) -> Iterator[ReplayScene]:
        path = self._config.replay
        if path is None:
            return self._pictured(self._pictures)
        if path.is_dir():
            return self._pictured(_folder(path, self._load_file, self._side))
        return self._filmed(path)

    @property
    def _side(self) -> int:
        return max(self._config.width, self._config.height)

    def _filmed(self, path: Path) -> Iterator[ReplayScene]:
        scene = VideoScene(path, side=self._side, fps=self._config.fps)
        if max(scene.size) > self._side:
            self._warn_once(path.name, "frames of %dx%d are scaled down", *scene.size)
        yield scene

    def _pictured(self, pictures: Sequence[ReplayPicture]) -> Iterator[ReplayScene]:
        for picture in pictures:
            pixels = self._load(picture)
            if pixels is None:
                continue
            if not (picture.is_scan or self._is_scan(pixels)):
                yield StillScene(pixels, self._hold_s)
                continue
            number, kind = next(self._kinds)
            if kind is VisitKind.STRANGER:
                yield from self._strange(number)
                number, kind = next(self._kinds)
            yield self._stage.scene(pixels, make_visit(kind, number))

    def _is_scan(self, pixels: Pixels) -> bool:
        return self._is_photograph is not None and not self._is_photograph(pixels)

    def _strange(self, number: int) -> Iterator[ReplayScene]:
        """Yield the visit of a print of no collection, if there is any."""
        stranger = next(self._strangers, None)
        pixels = self._load(stranger) if stranger else None
        if pixels is not None:
            yield self._stage.scene(pixels, make_visit(VisitKind.STRANGER, number))

    @cached_property
    def _stage(self) -> "TableStage":
        from device.cameras.table.stage import TableStage  # loads OpenCV

        return TableStage(self._config.width, self._config.height)

    def _load(self, picture: ReplayPicture) -> Pixels | None:
        try:
            return picture.load()
        except KioskError as error:
            self._warn_once(picture.name, "left out: %s", error)
            return None

    def _warn_once(self, name: str, text: str, *values: object) -> None:
        if name not in self._refused:  # not in each loop
            self._refused.add(name)
            _log.warning(f"%s: %s {text}", self.name, name, *values)


def _folder(folder: Path, load: FileLoader, side: int) -> list[ReplayPicture]:
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    return [ReplayPicture(name=p.name, load=partial(load, p, side=side)) for p in paths]
