"""Shows one hint at a time, which changes more slowly than the hints found in frames.

Knows nothing of pictures and clocks: time comes with each hint.
"""

from device.recognition.sheet.detect import Hint

# How long a hint must be found before it is shown, and how long it then stays.
STABLE_S = 0.6
SHOWN_S = 1.2


class HintThrottle:
    """Shows a hint once it is stable, and then long enough to be read. Not thread-safe."""

    def __init__(self) -> None:
        self._shown: Hint | None = None
        self._shown_at_s = float("-inf")
        self._found: Hint | None = None
        self._found_at_s = float("-inf")

    def update(self, hint: Hint | None, now_s: float) -> Hint | None:
        """Take the hint found now, and return the hint to show.

        Args:
            hint: What the visitor could do better; `None` for nothing.
            now_s: Monotonic clock, never earlier than in the last call.
        """
        if hint is not self._found:
            self._found, self._found_at_s = hint, now_s
        is_stable = now_s - self._found_at_s >= STABLE_S
        was_read = self._shown is None or now_s - self._shown_at_s >= SHOWN_S
        if hint is not self._shown and is_stable and was_read:
            self._shown, self._shown_at_s = hint, now_s
        return self._shown
