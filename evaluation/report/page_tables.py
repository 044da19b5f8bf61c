"""HTML tables and table cells of the evaluation's page."""

from collections.abc import Iterable, Sequence

from evaluation.metrics import CountedShare


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an HTML table with a head and rows; the cells' texts are HTML already."""
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    names = "".join(f"<th>{name}</th>" for name in head)
    return f'<div class="wide"><table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'


def share(one: CountedShare) -> str:
    """Return a share and its 95 % interval as HTML, in percent; a dash if nothing was counted."""
    return no_value() if one.value is None else percent(one.value) + interval(one.low, one.high)


def percent(value: float) -> str:
    """Return a share, 0..1, as text in percent with one decimal place."""
    return f"{value:.1%}"


def interval(low: float, high: float) -> str:
    """Return a share's 95 % interval as HTML, in percent; `low` and `high` are 0..1."""
    return f'<i class="interval">{low:.1%}–{high:.1%}</i>'


def no_value() -> str:
    """Return the HTML for a value that was not counted: a dash."""
    return "<i>–</i>"
