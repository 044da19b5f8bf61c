"""The failures on the evaluation's page: the frame, the right print and the answer."""

from collections.abc import Sequence
from html import escape

from evaluation.failures import FailedPrint, Failure, select_failures


def failures_html(failures: Sequence[Failure]) -> str:
    """Return a selection of at most 24 failures as HTML."""
    chosen = select_failures(failures)
    if not chosen:
        return "<p>None.</p>"
    shown = "".join(map(_failure, chosen))
    return f'<p class="small">{len(chosen)} of the {len(failures)} failures kept.</p><div class="cases">{shown}</div>'


def _failure(failure: Failure) -> str:
    said = failure.verdict.replace("_", " ")
    return (
        f'<article class="case"><header><span>{escape(failure.section)}</span>'
        f"<span>{escape(said)}, confidence {failure.confidence:.2f}</span></header>"
        f'<div class="three"><div><span>frame</span><img src="{escape(failure.frame)}" alt="">'
        f"<b>{escape(failure.name)}</b><small>{escape(failure.conditions)}</small></div>"
        f"{_named('right', failure.right, 'not in this collection')}"
        f"{_named('answered', failure.answered, 'no match')}</div></article>"
    )


def _named(what: str, named: FailedPrint | None, otherwise: str) -> str:
    if named is None:
        return f'<div><span>{what}</span><div class="none">{otherwise}</div></div>'
    picture = (
        f'<img src="{escape(named.picture)}" alt="">'
        if named.picture
        else '<div class="none">picture may not be shown</div>'
    )
    return (
        f"<div><span>{what}</span>{picture}<b>{escape(named.title)}</b>"
        f"<small>{escape(named.record_id)}</small></div>"
    )
