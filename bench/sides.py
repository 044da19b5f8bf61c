"""Racing several ways of doing the same work, each in a process of its own, turn by turn.

A process each, because thread pools of different runtimes spin and steal from one another inside one; turn by
turn, because whatever else the machine does must fall on all alike.
"""

import multiprocessing
import statistics
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from bench.errors import SideError
from bench.results import Timing

# Between turns, for the other side's threads to go to sleep.
PAUSE_S = 0.05

Work = Callable[[Any], Any]
Maker = Callable[[], Work]


class Side:
    """One way of doing the work, in a process of its own."""

    def __init__(self, name: str, maker: Maker, *, has_children: bool = False) -> None:
        """Start the process; it makes its work ready meanwhile.

        Args:
            name: What the tables call it.
            maker: Called in the process, gives the work; must be picklable.
            has_children: Whether it starts processes of its own.
        """
        self.name = name
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, maker), daemon=not has_children
        )
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        self._receive()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pipe.close()
        self._process.join(timeout=10)
        if self._process.is_alive():
            self._process.kill()

    def results(self, tasks: Sequence[Any]) -> list[Any]:
        """Give what the work makes of each task, untimed."""
        self._pipe.send((False, list(tasks)))
        return list(self._receive())

    def turn(self, tasks: Sequence[Any]) -> float:
        """Do one turn: the first task once untimed, then all; give the median of a task in ms."""
        self._pipe.send((True, list(tasks)))
        return float(statistics.median(self._receive()))

    def _receive(self) -> Any:
        try:
            kind, value = self._pipe.recv()
        except EOFError as error:
            raise SideError(f"{self.name}: its process ended") from error
        if kind == "failed":
            raise SideError(f"{self.name}: {value}")
        return value


def race(
    sides: Sequence[Side], tasks: Sequence[Any], *, rounds: int, calls: int, what: str
) -> dict[str, Timing]:
    """Let the sides take turns and give each one's times, the same tasks for all in a round.

    Args:
        tasks: Gone through, `calls` a turn, over and over.
        what: For the progress bar.
    """
    times: dict[str, list[float]] = {side.name: [] for side in sides}
    for number in tqdm(range(rounds), desc=what, unit="round", file=sys.stderr, leave=False):
        mine = [tasks[(number * calls + call) % len(tasks)] for call in range(calls)]
        # The order changes, so that nobody always comes after the same one.
        for place in range(len(sides)):
            side = sides[(place + number) % len(sides)]
            times[side.name].append(side.turn(mine))
            time.sleep(PAUSE_S)
    return {name: Timing(turns_ms=tuple(turns)) for name, turns in times.items()}


def started(stack: ExitStack, makers: Mapping[str, Maker]) -> list[Side]:
    """Start sides one after the other and leave their end to `stack`."""
    return [stack.enter_context(Side(name, maker)) for name, maker in makers.items()]


def _serve(pipe: Connection, maker: Maker) -> None:
    try:
        work = maker()
        pipe.send(("ready", None))
        while True:
            is_timed, tasks = pipe.recv()
            if is_timed:
                work(tasks[0])
            pipe.send(("done", [(_timed if is_timed else _asked)(work, task) for task in tasks]))
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001  # told to whoever waits at the other end of the pipe
        traceback.print_exc()
        pipe.send(("failed", f"{type(error).__name__}: {error}"))


def _asked(work: Work, task: Any) -> Any:
    return work(task)


def _timed(work: Work, task: Any) -> float:
    start = time.perf_counter()
    work(task)
    return (time.perf_counter() - start) * 1000
