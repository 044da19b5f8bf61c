"""The page's colours, as numbers."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "kiosk_ui/static/theme.css"


LOOKS = (
    ":root {",
    ':root[data-theme="dark"] {',
    ':root[data-contrast="high"] {',
    ':root[data-contrast="high"][data-theme="dark"] {',
)


def colours(look: str) -> dict[str, str]:
    block = CSS.read_text("utf-8").split(f"\n{look}\n", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio as defined by WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        ("ink", "paper", 7),
        ("soft", "paper", 7),
        ("accent", "paper", 7),
        ("soft", "mat", 7),
        ("mat", "ink", 7),
        ("mat", "accent", 7),
        ("on-chosen", "ink", 7),
        ("edge", "paper", 3),
    ],
)
def test_texts_and_borders_have_enough_contrast(
    look: str, front: str, ground: str, least: float
) -> None:
    found = colours(look)
    assert contrast(found[front], found[ground]) >= least


def test_every_theme_sets_every_colour() -> None:
    assert all(colours(look).keys() == colours(LOOKS[0]).keys() for look in LOOKS)
