"""Draw the evaluation page's charts as inline SVG in the page's own colours.

The module knows nothing of what the numbers mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 720.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A curve: its name and its points, with x and y in 0..1."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart: a share with its interval, its name and a note.

    Attributes:
        value: The share, 0..1; `None` draws no bar.
        low, high: The ends of its interval, 0..1.
        is_quiet: Whether the bar has the second colour.
    """

    name: str
    value: float | None
    low: float
    high: float
    note: str
    is_quiet: bool = False


def curves(lines: Sequence[Line], *, x: str, y: str, most_x: float = 0.1) -> str:
    """Return an SVG of curves, with the x axis from 0 to `most_x` and the y axis from 0 to 1.

    Args:
        lines: At most three, each in its own stroke.
        x, y: Labels of the axes.
        most_x: Upper end of the x axis.
    """
    left, top, width, height = 60.0, 12.0, 640.0, 250.0
    parts = [_axes(left, top, width, height, most_x, x, y)]
    for place, line in enumerate(lines):
        shown = [(min(a, most_x), b) for a, b in _steps(line.points) if a <= most_x * 1.5]
        path = " ".join(
            f"{left + a / most_x * width:.1f},{top + (1 - b) * height:.1f}" for a, b in shown
        )
        parts.append(f'<polyline class="line l{place}" points="{path}"/>')
        at = top + height - 14.0 - 18.0 * (len(lines) - place - 1)
        parts.append(
            f'<line class="line l{place}" x1="{left + width - 130:.0f}" x2="{left + width - 100:.0f}" '
            f'y1="{at:.0f}" y2="{at:.0f}"/>'
            f'<text x="{left + width - 94:.0f}" y="{at + 4:.0f}">{escape(line.name)}</text>'
        )
    return _svg(parts, top + height + 44)


def bars(shown: Sequence[Bar]) -> str:
    """Return an SVG of shares as bars from 0 to 1, each with its interval as a thin line."""
    left, row, width = 210.0, 24.0, 400.0
    parts = []
    for place, bar in enumerate(shown):
        y = 8 + place * row
        parts.append(
            f'<text x="{left - 10:.0f}" y="{y + 12:.0f}" text-anchor="end">{escape(bar.name)}</text>'
        )
        parts.append(
            f'<rect class="ground" x="{left:.0f}" y="{y:.0f}" width="{width:.0f}" height="16"/>'
        )
        if bar.value is not None:
            kind = "bar quiet" if bar.is_quiet else "bar"
            parts.append(
                f'<rect class="{kind}" x="{left:.0f}" y="{y:.0f}" width="{bar.value * width:.1f}" height="16"/>'
                f'<line class="interval" x1="{left + bar.low * width:.1f}" x2="{left + bar.high * width:.1f}" '
                f'y1="{y + 8:.0f}" y2="{y + 8:.0f}"/>'
            )
        parts.append(
            f'<text x="{left + width + 10:.0f}" y="{y + 12:.0f}">{escape(bar.note)}</text>'
        )
    return _svg(parts, 16 + len(shown) * row)


def _axes(
    left: float, top: float, width: float, height: float, most_x: float, x: str, y: str
) -> str:
    parts = [
        f'<line class="axis" x1="{left}" x2="{left}" y1="{top}" y2="{top + height}"/>'
        f'<line class="axis" x1="{left}" x2="{left + width}" y1="{top + height}" y2="{top + height}"/>'
    ]
    for step in range(6):
        share = step / 5
        up, along = top + (1 - share) * height, left + share * width
        parts.append(
            f'<text x="{left - 8}" y="{up + 4:.0f}" text-anchor="end">{share:.0%}</text>'
            f'<line class="grid" x1="{left}" x2="{left + width}" y1="{up:.0f}" y2="{up:.0f}"/>'
            f'<text x="{along:.0f}" y="{top + height + 17:.0f}" text-anchor="middle">{share * most_x:.0%}</text>'
        )
    parts.append(
        f'<text x="{left + width / 2:.0f}" y="{top + height + 38:.0f}" text-anchor="middle">{escape(x)}</text>'
        f'<text transform="translate(14 {top + height / 2:.0f}) rotate(-90)" text-anchor="middle">{escape(y)}</text>'
    )
    return "".join(parts)


def _steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a curve as steps, because nothing between two thresholds was measured."""
    stairs: list[tuple[float, float]] = []
    for x, y in points:
        if stairs:
            stairs.append((x, stairs[-1][1]))
        else:
            stairs.append((x, 0.0))
        stairs.append((x, y))
    return stairs


def _svg(parts: Sequence[str], height: float) -> str:
    return f'<svg viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img">{"".join(parts)}</svg>'
