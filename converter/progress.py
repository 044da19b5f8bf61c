"""Progress bars on the terminal, for every step that takes over a second."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from tqdm import tqdm

# Called with the name of the step, the units done and the units in total.
Progress = Callable[[str, int, int], None]


def quiet(step: str, done: int, total: int) -> None:
    """Ignore a progress report."""


@contextmanager
def bars() -> Iterator[Progress]:
    """Yield a `Progress` that draws one bar a step on stderr.

    A full bar stays on the screen. Without a terminal, nothing is drawn.
    """
    bars_drawn: list[tqdm[NoReturn]] = []

    def show(step: str, done: int, total: int) -> None:
        if not bars_drawn or bars_drawn[-1].desc != step:
            _close(bars_drawn)
            bars_drawn.append(tqdm(desc=step, disable=not sys.stderr.isatty()))
        bar = bars_drawn[-1]
        bar.desc = step  # tqdm adds a colon to it
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        _close(bars_drawn)


def _close(bars_drawn: "list[tqdm[NoReturn]]") -> None:
    while bars_drawn:
        bars_drawn.pop().close()
