"""Watches the live picture: each print is taken once, when it is held still.

Cheap, and free of threads and clocks: time is the frames' own. It never identifies a print; that is the recogniser's.
Of a visitor's print it keeps 256 numbers, until the print has left.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from device.imaging.frames import Frame, Pixels
from device.recognition.sheet import detect as sheet_detector
from device.recognition.sheet.detect import Detection, Hint, Sheet
from device.service.capture.hint_throttle import HintThrottle
from device.service.capture.hold_tracker import MAX_STRAY, Corners, HeldPrint, HoldTracker, distance
from device.service.capture.thumbnail import Coarse, Likeness, Thumbnail, resemblance

# Least time between observed frames: twelve a second are enough to follow a hand.
EVERY_S = 1 / 12.5
# How long a print must be held still before it is taken; and how long when it could be seen better, such as while the
# camera still focuses or under a reflection.
STILL_S = 0.4
PATIENCE_S = 0.8
# How long a sheet may go undetected before its hold ends, and before its print counts as gone.
LOST_S = 0.25
LEFT_S = 0.5
# After how long a moving print gets the hint to hold it still.
MOVING_S = 0.8
# After how long without a frame the hold starts again.
GAP_S = 1.0
# Detection confidence from which corners are shown, and from which a print is taken.
SHOWN_CONFIDENCE = 0.25
TAKEN_CONFIDENCE = 0.5
# How many frames must show another print before it counts as one: a hand may cover a print while it is taken away.
OTHER_FRAMES = 3
# Resemblance from which two sheets count as the same print.
SAME_PRINT_RESEMBLANCE = 0.7
# In grey levels: a smaller difference is an unchanged stand, in which sheets are not detected again.
UNCHANGED_GREY_LEVELS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The sheet, the hint and the print to query that the watcher sees in one frame.

    Attributes:
        corners: The sheet's corners in pixels of the frame; `None` without a sheet.
        hint: What the visitor could do better; `None` for nothing.
        stillness: Progress of a print held still towards being taken, 0..1.
        is_known: Whether the print at the stand was taken already.
        capture: The print to query now, once for each print presented; `None` otherwise.
    """

    corners: Corners | None = None
    hint: Hint | None = None
    stillness: float = 0.0
    is_known: bool = False
    capture: HeldPrint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A print taken and not yet gone: its corners in the small picture, and its likeness."""

    corners: Corners
    likeness: Likeness


class Watcher:
    """Follows the frames of one camera. Not thread-safe, except `mark_taken`."""

    def __init__(self, find: Callable[[Pixels], Detection] = sheet_detector.find_sheets) -> None:
        """Start with an empty stand.

        Args:
            find: Detects sheets in uint8 (H, W, 3), RGB.
        """
        self._find = find
        self._hints = HintThrottle()
        self._now_s = float("-inf")
        self._observation = Observation()
        self._detected: tuple[Coarse, Detection] | None = None
        self._hold: HoldTracker | None = None
        self._came_s: float | None = None
        self._away_s: float | None = None
        self._taken: tuple[_Taken, ...] = ()
        self._is_marked_taken = False

    def mark_taken(self) -> None:
        """Count the print at the stand as taken: the button queried it. Safe for any thread."""
        self._is_marked_taken = True

    def observe(self, frame: Frame) -> Observation:
        """Return the observation of the next frame, with the print to query if one was held still.

        Args:
            frame: Captured later than the last one.
        """
        now_s = frame.captured_at_s
        if 0 <= now_s - self._now_s < EVERY_S:
            return self._observation
        if not 0 <= now_s - self._now_s <= GAP_S:
            self._hold = self._came_s = None
            self._hints = HintThrottle()
        self._now_s = now_s
        thumbnail = Thumbnail.at(frame.pixels)
        detection = self._detect(thumbnail)
        sheet = self._choose(detection)
        seen = (
            self._observe_no_sheet(thumbnail, detection.hint)
            if sheet is None
            else self._observe_sheet(sheet, frame, thumbnail, detection.hint)
        )
        self._observation = replace(seen, capture=None)
        return seen

    def _detect(self, thumbnail: Thumbnail) -> Detection:
        """Return the sheets in a frame; those of the last detection while nothing changes."""
        if self._detected is None or not thumbnail.is_like(
            self._detected[0], UNCHANGED_GREY_LEVELS
        ):
            self._detected = thumbnail.coarse, self._find(thumbnail.pixels)
        return self._detected[1]

    def _choose(self, detection: Detection) -> Sheet | None:
        """Return the sheet to follow: the one followed so far while it is detected, else the best."""
        seen = [sheet for sheet in detection.sheets if sheet.confidence >= SHOWN_CONFIDENCE]
        if self._hold is not None:
            for sheet in seen:
                if distance(self._hold.corners, sheet.corners) <= MAX_STRAY:
                    return sheet
        return seen[0] if seen else None

    def _observe_no_sheet(self, thumbnail: Thumbnail, hint: Hint | None) -> Observation:
        """Return the observation of a frame in which no sheet is detected."""
        self._is_marked_taken = False
        now_s = self._now_s
        if self._hold is not None and now_s - self._hold.seen_s > LOST_S:
            self._hold = None
        if self._hold is None:
            self._came_s = None
        self._forget_prints_that_left(thumbnail)
        shown_hint = None if hint is Hint.NOTHING_THERE else hint
        return Observation(hint=self._hints.update(shown_hint, now_s))

    def _forget_prints_that_left(self, thumbnail: Thumbnail) -> None:
        """Forget taken prints that have left; one that only went undetected is still there."""
        if any(_is_still_there(each, thumbnail) for each in self._taken):
            self._away_s = None
            return
        if self._away_s is None:
            self._away_s = self._now_s
        if self._now_s - self._away_s >= LEFT_S:
            self._taken = ()

    def _observe_sheet(
        self, sheet: Sheet, frame: Frame, thumbnail: Thumbnail, hint: Hint | None
    ) -> Observation:
        """Return the observation of a frame with a sheet in it."""
        self._away_s = None
        corners = thumbnail.in_frame(sheet.corners)
        hold = self._follow(sheet.corners)
        if not hold.is_astray:
            hold.add(frame, corners, thumbnail, sheet.corners)
        held_s = self._now_s - hold.since_s
        is_taken = self._is_taken(thumbnail, hold, sheet.corners)
        if is_taken is not False:
            is_known = self._observation.is_known if is_taken is None else True
            shown_hint = self._hints.update(None, self._now_s)
            return Observation(corners=corners, is_known=is_known, hint=shown_hint)
        shown_hint = self._hints.update(hint or self._moving_hint(held_s), self._now_s)
        if sheet.confidence < TAKEN_CONFIDENCE:
            return Observation(corners=corners, hint=shown_hint)
        wanted_s = PATIENCE_S if hint is not None or hold.gets_sharper else STILL_S
        if held_s < wanted_s or hold.best is None:
            return Observation(
                corners=corners, hint=shown_hint, stillness=min(held_s / wanted_s, 1.0)
            )
        self._remember(thumbnail, sheet.corners)
        return Observation(
            corners=corners, hint=shown_hint, stillness=1.0, is_known=True, capture=hold.take_best()
        )

    def _follow(self, corners: Corners) -> HoldTracker:
        """Return the hold that these corners continue, or a new one; one stray frame is ignored."""
        now_s, hold = self._now_s, self._hold
        if self._came_s is None:
            self._came_s = now_s
        is_near = hold is not None and distance(hold.corners, corners) <= MAX_STRAY
        if hold is None or (hold.has_strayed and not is_near):
            self._hold = hold = HoldTracker(corners=corners, since_s=now_s, seen_s=now_s)
        hold.is_astray = not is_near and hold.corners != corners
        hold.has_strayed |= hold.is_astray
        hold.seen_s = now_s
        return hold

    def _moving_hint(self, held_s: float) -> Hint | None:
        came_s = self._now_s if self._came_s is None else self._came_s
        has_moved_s = self._now_s - came_s
        return Hint.MOVING if has_moved_s > MOVING_S and held_s < STILL_S / 2 else None

    def _is_taken(self, thumbnail: Thumbnail, hold: HoldTracker, corners: Corners) -> bool | None:
        """Whether this print was taken and has not left since; `None` while that is unknown."""
        if not (self._taken or self._is_marked_taken):
            return False
        if hold.is_astray or self._now_s - hold.since_s < STILL_S / 2:
            return None  # blurred, or half out of the hand
        if self._is_marked_taken:  # queried by the button
            self._is_marked_taken = False
            self._remember(thumbnail, corners)
        if self._looks_like_taken_print(thumbnail, corners):
            hold.unlike = 0
            return True
        hold.unlike += 1
        if hold.unlike >= OTHER_FRAMES and hold.is_spent:  # another print in the same place
            self._hold = replace(hold, since_s=self._now_s, best=None, worth=-1.0, sharpest=0.0)
        return None if hold.unlike < OTHER_FRAMES or hold.is_spent else False

    def _looks_like_taken_print(self, thumbnail: Thumbnail, corners: Corners) -> bool:
        likeness = thumbnail.likeness(corners)
        return any(
            resemblance(each.likeness, likeness) >= SAME_PRINT_RESEMBLANCE
            or _is_still_there(each, thumbnail)
            for each in self._taken
        )

    def _remember(self, thumbnail: Thumbnail, corners: Corners) -> None:
        """Count a print as taken, and keep those still there: two prints don't alternate."""
        still = tuple(each for each in self._taken if _is_still_there(each, thumbnail))
        self._taken = (*still, _Taken(corners=corners, likeness=thumbnail.likeness(corners)))


def _is_still_there(taken: _Taken, thumbnail: Thumbnail) -> bool:
    """Whether the place where a print was taken still looks like that print."""
    return resemblance(taken.likeness, thumbnail.likeness(taken.corners)) >= SAME_PRINT_RESEMBLANCE
