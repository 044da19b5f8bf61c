"""What the page has to know of the touchscreen it is on."""

from pathlib import Path
from typing import Protocol


class Screen(Protocol):
    """The touchscreen at the stand; the configuration's own section fits."""

    @property
    def idle_s(self) -> float:
        """After so long without a touch the page begins anew."""

    @property
    def grace_s(self) -> float:
        """How long it is asked whether somebody is still there before it does."""

    @property
    def language(self) -> str:
        """The language it begins in, as a BCP 47 tag."""

    @property
    def text(self) -> str:
        """The size of text it begins with: `normal` or `large`."""

    @property
    def contrast(self) -> str:
        """The contrast it begins with: `normal` or `high`."""

    @property
    def theme(self) -> str:
        """The ground it begins with: `light` or `dark`."""

    @property
    def reach(self) -> str:
        """Where what is pressed begins to lie: `normal` or `low`."""

    @property
    def style(self) -> Path | None:
        """The folder of the museum's own style; `None` for none."""

    @property
    def px_per_mm(self) -> float:
        """CSS pixels a millimetre."""
