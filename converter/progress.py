"""Progress bars on the terminal, for everything that takes over a second."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from tqdm import tqdm

# What is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""


@contextmanager
def bars() -> Iterator[Progress]:
    """Give what shows progress: told what is done, how much of it is done, and how much there is.

    One bar at a time; it stays when it is full. Nothing is drawn where nobody looks at a terminal.
    """
    bars_drawn: list[tqdm[NoReturn]] = []

    def show(what: str, done: int, total: int) -> None:
        if not bars_drawn or bars_drawn[-1].desc != what:
            _close(bars_drawn)
            bars_drawn.append(tqdm(desc=what, disable=not sys.stderr.isatty()))
        bar = bars_drawn[-1]
        bar.desc = what  # tqdm adds a colon to it
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        _close(bars_drawn)


def _close(bars_drawn: "list[tqdm[NoReturn]]") -> None:
    while bars_drawn:
        bars_drawn.pop().close()
