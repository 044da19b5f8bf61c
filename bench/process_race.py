"""Races several implementations of the same work, each in a process of its own, in turns.

Each has its own process, because the thread pools of different runtimes spin and slow each other inside one. They take turns,
because other load on the machine must affect all alike.
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

from bench.errors import ContenderError
from bench.results import Timing

# Between turns, so that the threads of the last contender go to sleep.
PAUSE_S = 0.05

Work = Callable[[Any], Any]
Maker = Callable[[], Work]


class Contender:
    """One implementation of the work, in a process of its own."""

    def __init__(self, name: str, maker: Maker, *, has_children: bool = False) -> None:
        """Start the process, which prepares its work in the background.

        Args:
            name: The name in the tables.
            maker: Called in the process, and returns the work; must be picklable.
            has_children: Whether the work starts processes of its own.
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
        """Return the result of each task, without timing."""
        self._pipe.send((False, list(tasks)))
        return list(self._receive())

    def turn(self, tasks: Sequence[Any]) -> float:
        """Run the first task untimed, then time all tasks; return the median time of a task in ms."""
        self._pipe.send((True, list(tasks)))
        return float(statistics.median(self._receive()))

    def _receive(self) -> Any:
        try:
            kind, value = self._pipe.recv()
        except EOFError as error:
            raise ContenderError(f"{self.name}: its process ended") from error
        if kind == "failed":
            raise ContenderError(f"{self.name}: {value}")
        return value


def race(
    contenders: Sequence[Contender], tasks: Sequence[Any], *, rounds: int, calls: int, name: str
) -> dict[str, Timing]:
    """Let the contenders take turns, and return the times of each.

    Args:
        contenders: The contenders; all get the same tasks in a round.
        tasks: The tasks, used in order and again from the first.
        rounds: The number of rounds.
        calls: The number of tasks in a turn.
        name: The label of the progress bar.
    """
    times: dict[str, list[float]] = {each.name: [] for each in contenders}
    for number in tqdm(range(rounds), desc=name, unit="round", file=sys.stderr, leave=False):
        chosen = [tasks[(number * calls + call) % len(tasks)] for call in range(calls)]
        # The first of a round changes, so that a slow start of the round falls on each.
        for place in range(len(contenders)):
            contender = contenders[(place + number) % len(contenders)]
            times[contender.name].append(contender.turn(chosen))
            time.sleep(PAUSE_S)
    return {name: Timing(turns_ms=tuple(turns)) for name, turns in times.items()}


def start_contenders(stack: ExitStack, makers: Mapping[str, Maker]) -> list[Contender]:
    """Start contenders one after the other; `stack` ends them."""
    return [stack.enter_context(Contender(name, maker)) for name, maker in makers.items()]


class _FailureReport:
    """Sends an error in its `with` block to the parent process; prints its traceback."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __enter__(self) -> None:
        """Start the block."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, EOFError):  # the parent has closed the pipe
            return True
        if not isinstance(error, Exception):
            return False
        traceback.print_exception(error)
        self._pipe.send(("failed", f"{type(error).__name__}: {error}"))
        return True


def _serve(pipe: Connection, maker: Maker) -> None:
    with _FailureReport(pipe):
        work = maker()
        pipe.send(("ready", None))
        while True:
            is_timed, tasks = pipe.recv()
            if is_timed:
                work(tasks[0])
            pipe.send(
                ("done", [(_timed_ms if is_timed else _result)(work, task) for task in tasks])
            )


def _result(work: Work, task: Any) -> Any:
    return work(task)


def _timed_ms(work: Work, task: Any) -> float:
    start = time.perf_counter()
    work(task)
    return (time.perf_counter() - start) * 1000
