"""HTML tables and table cells of the evaluation's page."""

from collections.abc import Iterable, Sequence

from evaluation.metrics import CountedShare


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; its cells are HTML already."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    names = "".join(f"<th>{name}</th>" for name in head)
    return f'<div class="wide"><table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'


def share(one: CountedShare) -> str:
    """Return a share in percent with its interval."""
    return no_value() if one.value is None else percent(one.value) + interval(one.low, one.high)


def percent(value: float) -> str:
    """Return a share in percent."""
    return f"{value:.1%}"


def interval(low: float, high: float) -> str:
    """Return an interval in percent."""
    return f'<i class="interval">{low:.1%}–{high:.1%}</i>'


def no_value() -> str:
    """Return the cell for a value that was not counted."""
    return "<i>–</i>"
