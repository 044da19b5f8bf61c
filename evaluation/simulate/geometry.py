"""Project a sheet of paper into a camera's frame, with bending and lens distortion.

The sheet's own coordinates have their origin at its centre and its diagonal as their unit. The camera is a pinhole.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from evaluation.simulate.conditions import Conditions
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, Values, between

Points = npt.NDArray[np.float64]

# Distance of the camera in sheet diagonals, as at a stand or at arm's length.
_DISTANCES = (1.5, 2.4)
_CELL = 16
_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The pose of a bent sheet before the camera, and its projection into the frame.

    Attributes:
        size: Width and height of the sheet, in diagonals.
        turn: float64 (3, 3); rotation and tilt of the sheet.
        distance: Distance from the camera to the sheet's centre, in diagonals.
        bend: Height of the bend, in diagonals.
        bend_angle: Direction of the bend on the sheet, in radians.
        scale: Pixels of the frame per unit.
        middle: Position of the optical axis in the frame, in pixels.
        lens: Radial distortion at the frame's corner.
    """

    size: tuple[float, float]
    turn: npt.NDArray[np.float64]
    distance: float
    bend: float
    bend_angle: float
    scale: float
    middle: tuple[float, float]
    lens: float

    @property
    def corners(self) -> Points:
        """The sheet's corners in its own coordinates: float64 (4, 2), clockwise from top left."""
        width, height = self.size
        return np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2)

    def project(self, points: Points) -> Points:
        """Return the positions in the frame, in pixels, of points of the sheet: float64 (N, 2)."""
        flat: Points = self._projected(points) * self.scale + np.array(self.middle)
        if not self.lens:
            return flat
        away = flat - (FRAME_WIDTH / 2, FRAME_HEIGHT / 2)
        corner = (FRAME_WIDTH**2 + FRAME_HEIGHT**2) / 4
        share = (away**2).sum(axis=1, keepdims=True) / corner
        distorted: Points = flat + away * self.lens * share
        return distorted

    def slope(self, points: Points) -> npt.NDArray[np.float64]:
        """Return the slope of the bent sheet at points of it: float64 (N,)."""
        along = self._along(points)
        slope: npt.NDArray[np.float64] = 8 * self.bend * along
        return slope

    def _along(self, points: Points) -> npt.NDArray[np.float64]:
        direction = np.array([np.cos(self.bend_angle), np.sin(self.bend_angle)])
        along: npt.NDArray[np.float64] = points @ direction
        return along

    def _projected(self, points: Points) -> Points:
        height = 4 * self.bend * self._along(points) ** 2 - self.bend / 3
        space = np.column_stack([points, height]) @ self.turn.T
        projected: Points = space[:, :2] / (self.distance + space[:, 2:])
        return projected


def make_view(rng: np.random.Generator, size: tuple[float, float], conditions: Conditions) -> View:
    """Return a sheet's pose before the camera, random where the conditions leave it open.

    Args:
        rng: Source of the tilt's direction, the distance, the bend's sign and angle, and the position.
        size: The sheet's width and height, in any unit.
        conditions: The capture's conditions; turn, tilt, curl, lens, fill, offset and crop are used.
    """
    diagonal = float(np.hypot(*size))
    width, height = size[0] / diagonal, size[1] / diagonal
    direction, distance = between(rng, 0, 2 * np.pi), between(rng, *_DISTANCES)
    bend_angle = float(rng.integers(2)) * np.pi / 2 + between(rng, -0.3, 0.3)
    place = rng.random(2) * 2 - 1
    straight = View(
        size=(width, height),
        turn=_rotation(np.radians(conditions.turn_deg), np.radians(conditions.tilt_deg), direction),
        distance=distance,
        bend=conditions.curl * (1 if rng.random() < 0.7 else -1),
        bend_angle=bend_angle,
        scale=1.0,
        middle=(0.0, 0.0),
        lens=0.0,
    )
    return _placed(straight, conditions, place)


def texture_maps(
    view: View, texture: tuple[int, int], box: tuple[int, int, int, int]
) -> tuple[Values, Values]:
    """Return the point of the sheet's texture that each pixel of a box of the frame shows.

    The projection of a bent sheet has no inverse in closed form, so it is approximated on a coarse grid.

    Args:
        view: The view of the sheet.
        texture: Width and height of its texture in pixels.
        box: Left, top, width and height in pixels of the frame.

    Returns:
        x and y in pixels of the texture: two float32 (box height, box width).
    """
    left, top, width, height = box
    columns, rows = -(-width // _CELL) + 2, -(-height // _CELL) + 2
    # One more cell on each side, because `resize` doesn't extrapolate beyond the outermost nodes.
    x = (np.arange(columns) - 0.5) * _CELL - 0.5 + left
    y = (np.arange(rows) - 0.5) * _CELL - 0.5 + top
    pixels = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    points = _points_at(view, pixels) / np.array(view.size) + 0.5
    found = (points * texture - 0.5).astype(np.float32).reshape(rows, columns, 2)
    large = cv2.resize(found, (columns * _CELL, rows * _CELL), interpolation=cv2.INTER_LINEAR)
    inside = large[_CELL : _CELL + height, _CELL : _CELL + width]
    return np.ascontiguousarray(inside[..., 0]), np.ascontiguousarray(inside[..., 1])


def _points_at(view: View, pixels: Points) -> Points:
    seen = view.project(view.corners).astype(np.float32)
    back = cv2.getPerspectiveTransform(seen, view.corners.astype(np.float32))
    start = _through(back, pixels)
    points = start
    for _ in range(_ROUNDS):
        points = points + start - _through(back, view.project(np.clip(points, -1, 1)))
    return np.clip(points, -2, 2)


def _through(matrix: npt.NDArray[np.float64], points: Points) -> Points:
    moved: Points = cv2.perspectiveTransform(points[np.newaxis], matrix)[0]
    return moved


def _rotation(turn: float, tilt: float, direction: float) -> npt.NDArray[np.float64]:
    def about_z(angle: float) -> npt.NDArray[np.float64]:
        cos, sin = np.cos(angle), np.sin(angle)
        return np.array([(cos, -sin, 0), (sin, cos, 0), (0, 0, 1)])

    cos, sin = np.cos(tilt), np.sin(tilt)
    about_x = np.array([(1, 0, 0), (0, cos, -sin), (0, sin, cos)])
    turned: npt.NDArray[np.float64] = (
        about_z(direction) @ about_x @ about_z(-direction) @ about_z(turn)
    )
    return turned


def _placed(straight: View, conditions: Conditions, place: npt.NDArray[np.float64]) -> View:
    frame = np.array([FRAME_WIDTH, FRAME_HEIGHT], dtype=np.float64)
    seen = straight.project(straight.corners)
    low, high = seen.min(axis=0), seen.max(axis=0)
    scale = float((conditions.fill * frame / (high - low)).min())
    extent = (high - low) * scale
    room = (frame - extent) / 2 * conditions.off_middle
    middle = frame / 2 - (low + high) / 2 * scale + room * place
    if conditions.crop:  # pushed out over the nearest edge
        axis = int(np.argmin(frame - extent))
        edge = (frame - extent)[axis] / 2 + conditions.crop * extent[axis]
        middle[axis] = (frame / 2 - (low + high) / 2 * scale)[axis] + np.sign(place[axis]) * edge
    return View(
        size=straight.size,
        turn=straight.turn,
        distance=straight.distance,
        bend=straight.bend,
        bend_angle=straight.bend_angle,
        scale=scale,
        middle=(float(middle[0]), float(middle[1])),
        lens=conditions.lens,
    )
