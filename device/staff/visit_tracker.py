"""Count visits and their languages.

A pause separates two visits; no visitor is identified.
"""

from collections.abc import Callable

from device.staff.statistics import LANGUAGE, VISITS


class VisitTracker:
    """Starts a new visit after a pause without any activity. Not thread-safe."""

    def __init__(self, pause_s: float, clock: Callable[[], float]) -> None:
        """Start before the first visit.

        Args:
            pause_s: Activity after a longer pause belongs to the next visit.
            clock: Returns monotonic seconds.
        """
        self._pause_s = pause_s
        self._clock = clock
        self._last_s = float("-inf")
        self._languages: set[str] = set()

    def note(self, language: str) -> tuple[str, ...]:
        """Note activity of a visitor and return the names of the counters to increment.

        Args:
            language: The language of the page, such as `de`.

        Returns:
            `VISITS` if a new visit has started, and `LANGUAGE` with the language on its first use in the visit.
        """
        now_s = self._clock()
        counters = []
        if now_s - self._last_s > self._pause_s:
            self._languages = set()
            counters.append(VISITS)
        self._last_s = now_s
        if language not in self._languages:
            self._languages.add(language)
            counters.append(f"{LANGUAGE}{language}")
        return tuple(counters)
