"""Write the parity results as a page for people and as JSON for programs.

The page is one file that loads nothing else. Neither holds a time or a path: the same bundle compared with the same
reference gives the same bytes, for one version of the libraries.
"""

import base64
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from converter import page_template
from converter.parity import charts
from converter.parity.compare import GateMinimums, Parity, gate, gate_results, summary
from converter.parity.metrics import QUANTILE_METHOD, Agreement, ShareInterval
from converter.parity.worst_cases import Case, Kind
from device.bundle import dataclass_json

_WORDS = {
    "clean_cosine_median": "own pictures: median cosine",
    "clean_cosine_p1": "own pictures: first percentile of the cosine",
    "clean_cosine_min": "own pictures: lowest cosine",
    "camera_top1_agreement": "captures: same best match",
    "camera_top10_overlap": "captures: overlap of the ten nearest",
}
_GROUPS: tuple[tuple[Kind, str], ...] = (
    ("answers", "Different answers"),
    ("camera", "Captures with the lowest cosine"),
    ("clean", "Own pictures with the lowest cosine"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    title: str
    cases: tuple[Case, ...]


def page(parity: Parity, minimums: GateMinimums) -> str:
    """Return the parity page, one HTML file that includes its charts and pictures.

    Args:
        parity: The result of the comparison.
        minimums: The gate's minimum values.
    """
    return page_template.load("parity.html", filters=_FILTERS).render(
        parity=parity,
        failures=gate(parity, minimums),
        results=gate_results(parity, minimums),
        words=_WORDS,
        groups=_groups(parity),
        quantile_method=QUANTILE_METHOD,
        cosines_figure=charts.cosine_histograms(
            parity.clean, parity.camera, median=minimums.clean_cosine_median
        ),
        overlap_figure=charts.overlap_bars(parity.clean, parity.camera),
        factors_figure=charts.factor_lines(parity.factors),
        scores_figure=charts.score_curves(parity.scores, parity.thresholds),
    )


def to_json(parity: Parity) -> str:
    """Return all figures and the worst cases as JSON that ends in a newline.

    Pictures are left out. The text holds no time and no path: the same bundle compared with the same reference gives
    the same text.
    """
    data = {
        "name": parity.name,
        "prints": parity.prints,
        "compared": parity.compared,
        "quantiles": f"{QUANTILE_METHOD}: a value that occurred",
        "intervals": "95 %; Wilson's for shares, by resampling for means",
        "plan": {k: v for k, v in dataclass_json.to_json(parity.plan).items() if k != "threads"},
        "model": dataclass_json.to_json(parity.model),
        "index": dataclass_json.to_json(parity.index),
        "thresholds": dataclass_json.to_json(parity.thresholds),
        "summary": dataclass_json.to_json(summary(parity)),
        "clean": _figures(parity.clean),
        "camera": _figures(parity.camera) | {"index_recall_at_10": parity.camera_recall},
        "by_index": parity.by_index,
        "factors": dataclass_json.to_json(parity.factors),
        "worst": [_without_pictures(dataclass_json.to_json(case)) for case in parity.cases],
    }
    return json.dumps(_rounded(data), indent=1, ensure_ascii=False) + "\n"


def _figures(found: Agreement) -> dict[str, Any]:
    return {f.name: dataclass_json.to_json(getattr(found, f.name)) for f in fields(found)[1:]}


def _without_pictures(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_pictures(item) for key, item in data.items() if key != "picture"}
    return data


def _rounded(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _rounded(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_rounded(item) for item in data]
    return round(data, 6) if isinstance(data, float) else data


def _groups(parity: Parity) -> tuple[_Group, ...]:
    return tuple(
        _Group(title=title, cases=tuple(case for case in parity.cases if case.kind == kind))
        for kind, title in _GROUPS
    )


def _cosine(value: float) -> str:
    return f"{math.floor(value * 1e5) / 1e5:.5f}"  # rounded down: 0.999296 is not 0.9993


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def _interval(share: ShareInterval) -> str:
    return f"{share.low * 100:.1f}–{share.high * 100:.1f}"


def _picture(data: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(data).decode()}"


_FILTERS: dict[str, Callable[..., str]] = {
    "cosine": _cosine,
    "percent": _percent,
    "interval": _interval,
    "picture": _picture,
}
