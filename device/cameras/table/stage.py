"""Render visits: a print on paper, the hands that hold it, their shadows, over a table.

A frame costs a few milliseconds, and nothing while all lies still.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from device.cameras.table import hand, layers, paper
from device.cameras.table.layers import Matrix, PictureLayer, Rgba
from device.cameras.table.surface import draw_table
from device.cameras.table.tracks import Pose
from device.cameras.table.visits import ARM, HAND_REACH, HandTrack, Visit
from device.imaging.frames import Pixels

_UNITS = (1280.0, 960.0)
# The camera leans a little, so that the far edge of a sheet is shorter.
_LEAN = np.array([(1, 0, 0), (0, 1, 0), (0, -4.5e-5, 1)], np.float64)
# A held sheet trembles this often a second; each time costs a frame.
_TREMBLES_HZ = 3.0
_GROWTH = 0.13  # a sheet lifted by 1 looks larger by this share


class TableStage:
    """A table under a camera, on which visits are rendered. Not thread-safe.

    Args:
        width, height: Size of the frames in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)

    @cached_property
    def table(self) -> Pixels:
        """Return the empty table: uint8 (height, width, 3), RGB. Nothing may write to it."""
        return draw_table(*self._size)

    @cached_property
    def hands(self) -> hand.HandPictures:
        """Return the pictures of a right hand."""
        return hand.draw_hand()

    @property
    def view(self) -> Matrix:
        """Return the homography from the units of poses to the frame's pixels."""
        width, height = self._size
        unit = min(width / _UNITS[0], height / _UNITS[1])
        return layers.move(width / 2, height / 2) @ layers.scale(unit) @ _LEAN

    def scene(self, picture: Pixels, visit: Visit) -> "VisitScene":
        """Return a visit with a picture, uint8 (H, W, 3), RGB, of any size."""
        mirrored = picture[:, ::-1] if visit.is_mirrored else picture
        sheet = paper.on_paper(np.ascontiguousarray(np.rot90(mirrored, -visit.quarters)))
        return VisitScene(self, sheet, visit)


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a frame depends on: two equal moments look the same."""

    pose: Pose
    away: tuple[float, ...]


class VisitScene:
    """One visit's frames, by their time. Not thread-safe."""

    def __init__(self, stage: TableStage, sheet: Rgba, visit: Visit) -> None:
        self._stage = stage
        self._sheet = sheet
        self._visit = visit
        self._shown: tuple[_Moment, Pixels] | None = None

    def at(self, time_s: float) -> Pixels | None:
        """Return the frame at a time since the start: uint8 (H, W, 3), RGB; `None` after the end.

        Nothing may write to a frame: while nothing moves, it is returned again.
        """
        if time_s >= self._visit.duration_s:
            return None
        moment = self._moment(time_s)
        if self._shown is None or self._shown[0] != moment:
            self._shown = moment, self._rendered(moment)
        return self._shown[1]

    def corners(self, time_s: float) -> npt.NDArray[np.float64]:
        """Return the sheet's corners in the frame, float64 (4, 2), clockwise from its top left."""
        height, width = (side - 2 * paper.EDGE for side in self._sheet.shape[:2])
        points = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)], float)
        points[:, :2] += paper.EDGE
        placed = points @ self._sheet_matrix(self._moment(time_s).pose).T
        return np.asarray(placed[:, :2] / placed[:, 2:])

    def _moment(self, time_s: float) -> _Moment:
        visit = self._visit
        pose = visit.sheet.at(time_s)
        away = tuple(each.away.at(time_s) for each in visit.hands)
        if visit.tremor and min(away, default=1.0) == 0.0:
            step = math.floor(time_s * _TREMBLES_HZ)
            x, y = visit.tremor * math.sin(step * 2.4), visit.tremor * math.sin(step * 1.7 + 1)
            pose = Pose(
                x=pose.x + x, y=pose.y + y, degrees=pose.degrees, size=pose.size, lift=pose.lift
            )
        return _Moment(pose=pose, away=away)

    def _rendered(self, moment: _Moment) -> Pixels:
        frame = self._stage.table.copy()
        at_edges = [
            self._hand_matrix(each, moment.pose, away)
            for each, away in zip(self._visit.hands, moment.away, strict=True)
            if away < 1.0
        ]
        hands = self._stage.hands
        layers.lay(frame, self._shadow(moment.pose))
        for matrix in at_edges:
            layers.lay(frame, hands.behind.moved(matrix))
        sheet = self._sheet_matrix(moment.pose)
        layers.lay(frame, PictureLayer(picture=self._sheet, matrix=sheet))
        for matrix in at_edges:
            layers.lay(frame, hands.before.moved(matrix))
        return frame

    def _placed(self, pose: Pose) -> Matrix:
        """Return the homography from units around the sheet's centre to the frame."""
        grown = 1 + _GROWTH * pose.lift
        return (
            self._stage.view
            @ layers.move(pose.x, pose.y)
            @ layers.turn(pose.degrees)
            @ layers.scale(grown)
        )

    def _sheet_matrix(self, pose: Pose) -> Matrix:
        height, width = self._sheet.shape[:2]
        centred = layers.move(-width / 2, -height / 2)
        return self._placed(pose) @ layers.scale(pose.size) @ centred

    def _hand_matrix(self, track: HandTrack, pose: Pose, away: float) -> Matrix:
        """Return the homography from a hand's units to the frame; a hand leaves along its arm."""
        height, width = (side * pose.size for side in self._sheet.shape[:2])
        gone = away * HAND_REACH
        nearness = pose.size / Pose().size
        return (
            self._placed(pose)
            @ layers.scale(-1.0 if track.is_left else 1.0, 1.0)
            @ layers.move(width / 2 + ARM[0] * gone, (track.grip - 0.5) * height + ARM[1] * gone)
            @ layers.scale(nearness)
        )

    def _shadow(self, pose: Pose) -> PictureLayer:
        height, width = self._sheet.shape[:2]
        softness = round(12 + 44 * pose.lift)
        rim = 3 * softness
        shifted = Pose(
            x=pose.x + 5 + 46 * pose.lift,
            y=pose.y + 7 + 62 * pose.lift,
            degrees=pose.degrees,
            size=pose.size,
            lift=pose.lift,
        )
        centred = layers.move(-width / 2 - rim, -height / 2 - rim) @ layers.scale(4)
        return PictureLayer(
            picture=paper.shadow_of(width, height, softness),
            matrix=self._placed(shifted) @ layers.scale(pose.size) @ centred,
        )
