"""Values that change between fixed points in time, slowly at both ends. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where a sheet is, in a frame of 1280 by 960 units with the origin in its middle.

    Attributes:
        x, y: Centre of the sheet, to the right and down.
        degrees: Clockwise rotation, on top of the visit's quarter turns.
        size: Size on the table; 1 for a sheet whose picture's longer side is `paper.SIDE` units.
        lift: Height above the table: 0 on it, 1 as high as an elbow.
    """

    x: float = 0.0
    y: float = 0.0
    degrees: float = 0.0
    size: float = 0.86
    lift: float = 0.0


@dataclass(frozen=True, slots=True)
class PoseTrack:
    """Poses at rising times in seconds; the first holds before them and the last after."""

    points: Sequence[tuple[float, Pose]]

    def at(self, time_s: float) -> Pose:
        """Return the pose at a time."""
        before, after, share = _between([time for time, _ in self.points], time_s)
        start, end = self.points[before][1], self.points[after][1]
        if share in (0.0, 1.0):
            return end if share else start
        mixed = {
            f.name: _mix(getattr(start, f.name), getattr(end, f.name), share) for f in fields(Pose)
        }
        return Pose(**mixed)


@dataclass(frozen=True, slots=True)
class ValueTrack:
    """Numbers at rising times in seconds; the first holds before them and the last after."""

    points: Sequence[tuple[float, float]]

    def at(self, time_s: float) -> float:
        """Return the number at a time."""
        before, after, share = _between([time for time, _ in self.points], time_s)
        return _mix(self.points[before][1], self.points[after][1], share)


def _between(times: Sequence[float], time_s: float) -> tuple[int, int, float]:
    """Return the points before and after a time, and the eased share of the way between them."""
    if time_s <= times[0]:
        return 0, 0, 0.0
    for after in range(1, len(times)):
        if time_s < times[after]:
            share = (time_s - times[after - 1]) / (times[after] - times[after - 1])
            return after - 1, after, share**3 * (share * (6 * share - 15) + 10)
    return len(times) - 1, len(times) - 1, 1.0


def _mix(start: float, end: float, share: float) -> float:
    return start + (end - start) * share
