"""One hint at a time, and calmly: what a visitor is told changes slower than what the camera sees.

Knows nothing of pictures; time comes with what is seen.
"""

from device.recognition.sheet.detect import Hint

# How long something must be so before it is said, and how long what is said stays.
HOLDS_S = 0.6
STAYS_S = 1.2


class HintThrottle:
    """Says a hint once it has held for a while, and then long enough to be read."""

    def __init__(self) -> None:
        self._said: Hint | None = None
        self._said_at_s = float("-inf")
        self._seen: Hint | None = None
        self._seen_at_s = float("-inf")

    def hear(self, hint: Hint | None, now_s: float) -> Hint | None:
        """Take what is so now, and give what should be said.

        Args:
            hint: What the visitor could do better; `None` for nothing.
            now_s: Monotonic clock, never earlier than the last.
        """
        if hint is not self._seen:
            self._seen, self._seen_at_s = hint, now_s
        has_held = now_s - self._seen_at_s >= HOLDS_S
        was_read = self._said is None or now_s - self._said_at_s >= STAYS_S
        if hint is not self._said and has_held and was_read:
            self._said, self._said_at_s = hint, now_s
        return self._said
