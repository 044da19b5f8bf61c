"""Draw the parity page's charts as inline SVG in the page's own colours and typeface.

The same numbers give the same bytes for one version of matplotlib. No other module imports matplotlib.
"""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from converter.parity.known_unknown_scores import KnownUnknownScores
from converter.parity.metrics import Agreement
from converter.parity.run_models import FactorAlone
from device.bundle.manifest import Thresholds

# Placeholders that become the page's own colours, so that charts follow its dark and light themes.
_INK, _QUIET, _CLEAN, _CAMERA, _WARN = "#010203", "#040506", "#070809", "#0a0b0c", "#0d0e0f"
_COLOURS = {_INK: "ink", _QUIET: "quiet", _CLEAN: "clean", _CAMERA: "camera", _WARN: "warn"}
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "parity",
    "font.size": 9.0,
    "axes.edgecolor": _QUIET,
    "axes.labelcolor": _INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _INK,
    "xtick.color": _QUIET,
    "xtick.labelcolor": _INK,
    "ytick.color": _QUIET,
    "ytick.labelcolor": _INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}
_WIDTH_IN = 7.0
_BINS = 40


def cosine_histograms(clean: Agreement, camera: Agreement, *, median: float | None) -> str:
    """Return an SVG of the cosines between kiosk and reference, a panel for each picture set."""

    def draw(figure: Figure) -> None:
        sides = ((clean, _CLEAN, "the collection’s own pictures"), (camera, _CAMERA, "captures"))
        lowest = min(side.cosines.min for side, _, _ in sides)
        edges = np.linspace(min(lowest, 1 - 1e-6), 1, _BINS + 1)
        panels = figure.subplots(2, 1, sharex=True)
        for panel, (side, colour, name) in zip(panels, sides, strict=True):
            panel.hist(
                [one.cosine for one in side.comparisons], bins=edges, color=colour, alpha=0.85
            )
            panel.set_title(f"{name}, {side.cosines.count}", loc="left", fontsize=9)
            panel.set_ylabel("pictures")
            if median is not None:
                panel.axvline(median, color=_WARN, linewidth=0.9, linestyle=(0, (4, 3)))
        panels[-1].set_xlabel("cosine between the kiosk’s fingerprint and the reference’s")

    return _svg("cosines", draw, 3.6)


def overlap_bars(clean: Agreement, camera: Agreement) -> str:
    """Return an SVG of how many of the ten nearest kiosk and reference have in common."""

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        places = np.arange(11)
        for side, colour, name, shift in (
            (clean, _CLEAN, "own pictures", -0.2),
            (camera, _CAMERA, "captures", 0.2),
        ):
            tenths = np.rint([one.overlap * 10 for one in side.comparisons]).astype(np.intp)
            shares = np.bincount(tenths, minlength=11) / len(tenths)
            panel.bar(
                places + shift, shares * 100, width=0.36, color=colour, alpha=0.85, label=name
            )
        panel.set_xticks(places)
        panel.set_xlabel("how many of the reference’s ten nearest the kiosk also finds")
        panel.set_ylabel("% of pictures")
        panel.legend(frameon=False, loc="upper left")

    return _svg("overlap", draw, 2.3)


def factor_lines(factors: Sequence[FactorAlone]) -> str:
    """Return an SVG of the median and lowest cosine under each camera factor alone."""

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        for row, factor in enumerate(reversed(factors)):
            found = factor.cosines
            panel.plot([found.min, found.median], [row, row], color=_QUIET, linewidth=0.8)
            panel.plot(found.min, row, "|", color=_CAMERA, markersize=8)
            panel.plot(found.median, row, "o", color=_CAMERA, markersize=5)
        panel.set_yticks(range(len(factors)), [f.name for f in reversed(factors)])
        panel.tick_params(axis="y", length=0)
        panel.spines["left"].set_visible(False)
        panel.set_xlabel("cosine between the two fingerprints: lowest and median")
        panel.ticklabel_format(axis="x", useOffset=False)

    return _svg("factors", draw, 0.8 + 0.23 * len(factors))


def score_curves(scores: KnownUnknownScores, thresholds: Thresholds) -> str:
    """Return an SVG of the share of known and of unknown captures that reach each score."""

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        unknown = scores.unknown[~np.isnan(scores.unknown)]
        for values, colour, name in (
            (scores.known, _CLEAN, "print in the collection"),
            (unknown, _CAMERA, "print left out"),
        ):
            if len(values):
                panel.plot(*_reached(values), color=colour, linewidth=1.6, label=name)
        for value, name in ((thresholds.same_image, "same image"), (thresholds.similar, "similar")):
            panel.axvline(value, color=_INK, linewidth=0.7, linestyle=(0, (4, 3)))
            panel.text(value, 103, name, rotation=35, ha="left", va="bottom", fontsize=8)
        panel.set_ylim(0, 101)
        panel.set_xlabel("cosine to the best match (without it) or to the print itself (with it)")
        panel.set_ylabel("% that reach it")
        panel.legend(frameon=False, loc="lower left")

    return _svg("scores", draw, 3.0)


def _reached(values: Any) -> tuple[Any, Any]:
    ordered = np.sort(values)
    return ordered, 100 * (1 - np.arange(len(ordered)) / len(ordered))


def _svg(name: str, draw: Callable[[Figure], None], height_in: float) -> str:
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH_IN, height_in), layout="constrained")
        draw(figure)
        buffer = io.StringIO()
        no_metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", metadata=no_metadata)
    return _embedded(buffer.getvalue(), name)


def _embedded(svg: str, figure: str) -> str:
    """Return an SVG file as an element of the page.

    It takes the page's colours and typeface, and its ids are unique within the page.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    for placeholder, name in _COLOURS.items():
        svg = svg.replace(placeholder, f"var(--{name})")
    used = set(re.findall(r"#([\w-]+)[\"')]", svg))
    svg = re.sub(r' id="([^"]+)"', lambda match: match[0] if match[1] in used else "", svg)
    for own in sorted(used):
        svg = svg.replace(f'"{own}"', f'"{figure}-{own}"').replace(f"#{own}", f"#{figure}-{own}")
    svg = re.sub(
        r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" role="img">', svg, count=1
    )
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)
    svg = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", svg)
    return re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
