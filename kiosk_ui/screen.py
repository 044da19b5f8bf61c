"""What the page has to know of the touchscreen it is on."""

from typing import Protocol


class Screen(Protocol):
    """The touchscreen at the stand; the configuration's own section fits."""

    @property
    def idle_s(self) -> float:
        """After so long without a touch an answer leaves the screen."""

    @property
    def px_per_mm(self) -> float:
        """CSS pixels a millimetre."""
