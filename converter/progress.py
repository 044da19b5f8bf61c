"""Progress bars on the terminal, for everything that takes over a second."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Give what shows progress: told what is done, how much of it is done, and how much there is.

    One bar at a time; it stays when it is full. Nothing is drawn where nobody looks at a terminal.
    """
    bar: "tqdm[None] | None" = None

    def show(what: str, done: int, total: int) -> None:
        nonlocal bar
        if bar is None or bar.desc != what:
            if bar is not None:
                bar.close()
            bar = tqdm(total=total, desc=what, unit="", disable=not sys.stderr.isatty())
            bar.desc = what
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()
