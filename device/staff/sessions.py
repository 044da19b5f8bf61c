"""When another visit begins, and in which languages it is read: told by pauses alone, for nobody is known."""

from collections.abc import Callable

from device.staff.statistics import LANGUAGE, VISITS


class SessionTracker:
    """Tells when another visit begins: when nobody has done anything for a while before. For one thread at a time."""

    def __init__(self, pause_s: float, clock: Callable[[], float]) -> None:
        """Begin with nobody.

        Args:
            pause_s: After so long without anything done, whoever does something is the next visitor.
            clock: Monotonic seconds.
        """
        self._pause_s = pause_s
        self._clock = clock
        self._last_s = float("-inf")
        self._languages: set[str] = set()

    def note(self, language: str) -> tuple[str, ...]:
        """Take notice that a visitor does something, and give what is to be counted for it."""
        now_s = self._clock()
        news = []
        if now_s - self._last_s > self._pause_s:
            self._languages = set()
            news.append(VISITS)
        self._last_s = now_s
        if language not in self._languages:
            self._languages.add(language)
            news.append(f"{LANGUAGE}{language}")
        return tuple(news)
