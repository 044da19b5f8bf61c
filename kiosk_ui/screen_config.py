"""The settings of the touchscreen that the page needs."""

from pathlib import Path
from typing import Protocol


class Screen(Protocol):
    """The touchscreen at the stand; `ScreenConfig` satisfies this protocol."""

    @property
    def idle_s(self) -> float:
        """Seconds without a touch until the page asks whether a visitor is still there."""

    @property
    def grace_s(self) -> float:
        """Seconds after the question "Still there?" until the page resets without a touch."""

    @property
    def language(self) -> str:
        """The default language, as a BCP 47 tag."""

    @property
    def text(self) -> str:
        """The default text size: `normal` or `large`."""

    @property
    def contrast(self) -> str:
        """The default contrast: `normal` or `high`."""

    @property
    def theme(self) -> str:
        """The default theme: `light` or `dark`."""

    @property
    def reach(self) -> str:
        """The default reach: `normal`, or `low` for controls in the lower half."""

    @property
    def style(self) -> Path | None:
        """The folder of the museum's own style; `None` without one."""

    @property
    def px_per_mm(self) -> float:
        """CSS pixels per millimetre of the panel."""
