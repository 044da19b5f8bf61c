"""Watches the live picture: sees a print come, waits until it is held still, and asks for it once.

Cheap, and free of threads and clocks: time is the frames' own. It never says which print it is; the recogniser does,
when this asks for it. What it remembers of a visitor's print are 256 numbers, until the print has left.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from device.imaging.frames import Frame, Pixels
from device.recognition.sheet import detect as finder
from device.recognition.sheet.detect import Detection, Hint, Sheet
from device.service.capture.hint_throttle import HintThrottle
from device.service.capture.hold_tracker import STRAYS, Corners, HeldPrint, HoldTracker, distance
from device.service.capture.thumbnail import Coarse, Likeness, Thumbnail, resemblance

# Frames that come faster than this are let pass: twelve a second are enough to follow a hand.
EVERY_S = 1 / 12.5
# How long a print must be still before it is taken; and when it could be seen better, such as while the camera still
# focuses or under a reflection, after how long it is taken as it is.
STILL_S = 0.4
PATIENCE_S = 0.8
# A finding that fails for a moment is not a print that left; one that fails for longer is.
LOST_S = 0.25
LEFT_S = 0.5
# A print that has moved for so long is asked to be held still.
MOVING_S = 0.8
# No frame for so long, and what was held before says nothing about now.
GAP_S = 1.0
# How sure the finder must be before an outline is shown, and before a print is taken without anybody pressing.
SEEN = 0.25
SURE = 0.5
# How many frames must show another print before it is believed: one may be half covered by the hand that takes it away.
SURELY = 3
# How alike two sheets look, at least, that are taken to be one print.
SAME = 0.7
# In grey levels: what differs less is an unchanged stand, and is not searched for a sheet again.
UNCHANGED = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is seen at the stand in one frame.

    Attributes:
        corners: The sheet's, in pixels of the frame; `None` when none is seen.
        hint: What the visitor could do better; `None` for nothing.
        stillness: How far a print that will be taken has come on the way to it, 0..1.
        is_known: Whether the print that lies there has been taken already.
        capture: What is to be recognised now; `None` but once for each print presented.
    """

    corners: Corners | None = None
    hint: Hint | None = None
    stillness: float = 0.0
    is_known: bool = False
    capture: HeldPrint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A print that was taken and has not left: where it lay in the small picture, and what it looked like."""

    corners: Corners
    likeness: Likeness


class Watcher:
    """Follows one stand's frames. Not thread-safe, but for `take_none`."""

    def __init__(self, find: Callable[[Pixels], Detection] = finder.find_sheets) -> None:
        """Begin with a stand nobody has looked at.

        Args:
            find: Finds sheets in uint8 (H, W, 3), RGB.
        """
        self._find = find
        self._advice = HintThrottle()
        self._now_s = float("-inf")
        self._observation = Observation()
        self._searched: tuple[Coarse, Detection] | None = None
        self._hold: HoldTracker | None = None
        self._came_s: float | None = None
        self._away_s: float | None = None
        self._taken: tuple[_Taken, ...] = ()
        self._was_asked = False

    def take_none(self) -> None:
        """Count what lies there as taken: somebody has asked for it by hand. May be called from any thread."""
        self._was_asked = True

    def observe(self, frame: Frame) -> Observation:
        """Give what is seen in the next frame, and now and then what to recognise.

        Args:
            frame: Captured later than the last.
        """
        now_s = frame.captured_at_s
        if 0 <= now_s - self._now_s < EVERY_S:
            return self._observation
        if not 0 <= now_s - self._now_s <= GAP_S:
            self._hold = self._came_s = None
            self._advice = HintThrottle()
        self._now_s = now_s
        glance = Thumbnail.at(frame.pixels)
        finding = self._search(glance)
        sheet = self._choose(finding)
        seen = (
            self._without(glance, finding.hint)
            if sheet is None
            else self._with(sheet, frame, glance, finding.hint)
        )
        self._observation = replace(seen, capture=None)
        return seen

    def _search(self, glance: Thumbnail) -> Detection:
        """Give the sheets in a frame; those of the last search while nothing changes."""
        if self._searched is None or not glance.is_like(self._searched[0], UNCHANGED):
            self._searched = glance.coarse, self._find(glance.pixels)
        return self._searched[1]

    def _choose(self, finding: Detection) -> Sheet | None:
        """Give the sheet to follow: the one followed so far, as long as the finder names it among others."""
        seen = [sheet for sheet in finding.sheets if sheet.confidence >= SEEN]
        if self._hold is not None:
            for sheet in seen:
                if distance(self._hold.corners, sheet.corners) <= STRAYS:
                    return sheet
        return seen[0] if seen else None

    def _without(self, glance: Thumbnail, hint: Hint | None) -> Observation:
        """Give what is to be said of a frame in which no sheet is found."""
        self._was_asked = False
        now_s = self._now_s
        if self._hold is not None and now_s - self._hold.seen_s > LOST_S:
            self._hold = None
        if self._hold is None:
            self._came_s = None
        self._forget_what_left(glance)
        said = None if hint is Hint.NOTHING_THERE else hint
        return Observation(hint=self._advice.hear(said, now_s))

    def _forget_what_left(self, glance: Thumbnail) -> None:
        """Forget the prints taken once they are gone; one that the finder alone lost still lies there."""
        if any(_lies_there(each, glance) for each in self._taken):
            self._away_s = None
            return
        if self._away_s is None:
            self._away_s = self._now_s
        if self._now_s - self._away_s >= LEFT_S:
            self._taken = ()

    def _with(
        self, sheet: Sheet, frame: Frame, glance: Thumbnail, hint: Hint | None
    ) -> Observation:
        """Give what is to be said of a frame with a sheet in it."""
        self._away_s = None
        corners = glance.in_frame(sheet.corners)
        hold = self._follow(sheet.corners)
        if not hold.is_astray:
            hold.keep(frame, corners, glance, sheet.corners)
        held_s = self._now_s - hold.since_s
        is_taken = self._is_taken(glance, hold, sheet.corners)
        if is_taken is not False:
            is_known = self._observation.is_known if is_taken is None else True
            said = self._advice.hear(None, self._now_s)
            return Observation(corners=corners, is_known=is_known, hint=said)
        said = self._advice.hear(hint or self._moving(held_s), self._now_s)
        if sheet.confidence < SURE:
            return Observation(corners=corners, hint=said)
        wanted_s = PATIENCE_S if hint is not None or hold.gets_sharper else STILL_S
        if held_s < wanted_s or hold.best is None:
            return Observation(corners=corners, hint=said, stillness=min(held_s / wanted_s, 1.0))
        self._remember(glance, sheet.corners)
        return Observation(
            corners=corners, hint=said, stillness=1.0, is_known=True, capture=hold.let_go()
        )

    def _follow(self, corners: Corners) -> HoldTracker:
        """Give the hold that these corners go on with, or a new one; a single stray frame is forgiven."""
        now_s, hold = self._now_s, self._hold
        if self._came_s is None:
            self._came_s = now_s
        is_near = hold is not None and distance(hold.corners, corners) <= STRAYS
        if hold is None or (hold.has_strayed and not is_near):
            self._hold = hold = HoldTracker(corners=corners, since_s=now_s, seen_s=now_s)
        hold.is_astray = not is_near and hold.corners != corners
        hold.has_strayed |= hold.is_astray
        hold.seen_s = now_s
        return hold

    def _moving(self, held_s: float) -> Hint | None:
        came_s = self._now_s if self._came_s is None else self._came_s
        has_moved_s = self._now_s - came_s
        return Hint.MOVING if has_moved_s > MOVING_S and held_s < STILL_S / 2 else None

    def _is_taken(self, glance: Thumbnail, hold: HoldTracker, corners: Corners) -> bool | None:
        """Whether this print was taken before and has not left since; `None` while that can't be told."""
        if not (self._taken or self._was_asked):
            return False
        if hold.is_astray or self._now_s - hold.since_s < STILL_S / 2:
            return None  # blurred, or half out of the hand
        if self._was_asked:  # asked for by hand
            self._was_asked = False
            self._remember(glance, corners)
        if self._is_like_one_taken(glance, corners):
            hold.unlike = 0
            return True
        hold.unlike += 1
        if hold.unlike >= SURELY and hold.is_spent:  # another print in the very place of the last
            self._hold = replace(hold, since_s=self._now_s, best=None, worth=-1.0, sharpest=0.0)
        return None if hold.unlike < SURELY or hold.is_spent else False

    def _is_like_one_taken(self, glance: Thumbnail, corners: Corners) -> bool:
        looks = glance.likeness(corners)
        return any(
            resemblance(each.likeness, looks) >= SAME or _lies_there(each, glance)
            for each in self._taken
        )

    def _remember(self, glance: Thumbnail, corners: Corners) -> None:
        """Count a print as taken, beside those that lie there still: two on a table are not taken in turns."""
        still = tuple(each for each in self._taken if _lies_there(each, glance))
        self._taken = (*still, _Taken(corners=corners, likeness=glance.likeness(corners)))


def _lies_there(taken: _Taken, glance: Thumbnail) -> bool:
    """Whether the place where a print was taken still looks like it."""
    return resemblance(taken.likeness, glance.likeness(taken.corners)) >= SAME
