"""The results of a benchmark: times, ratios, targets and tables.

It holds values only, and knows nothing about how they were measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times of the same work in many turns.

    Attributes:
        turns_ms: The wall time of each turn, in the order of the rounds; turn *i* of two contenders ran in one round.
    """

    turns_ms: tuple[float, ...]

    @property
    def min_ms(self) -> float:
        """The fastest turn, which other load disturbed least."""
        return min(self.turns_ms)

    @property
    def median_ms(self) -> float:
        """The median of the turns."""
        return median(self.turns_ms)

    @property
    def max_ms(self) -> float:
        """The slowest turn."""
        return max(self.turns_ms)

    @property
    def spread(self) -> float:
        """The noise: half the turns lie within this share of the median."""
        return median(abs(turn - self.median_ms) for turn in self.turns_ms) / self.median_ms


def ratio(one: Timing, other: Timing) -> float:
    """Return the median over the rounds of the ratio of `one` to `other` within a round.

    Other load on the machine slows both in a round, so this is steadier than a ratio of medians.
    """
    pairs = zip(one.turns_ms, other.turns_ms, strict=True)
    return median(a / b for a, b in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target of a benchmark and the measured figure.

    Attributes:
        name: The name of the figure.
        wanted: The target in words, such as `at most 2 s`.
        found: The measured figure in words.
        met: Whether the target is met; `None` where this run can't tell (another bundle, too small a run).
    """

    name: str
    wanted: str
    found: str
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of words and formatted numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The results of one benchmark.

    Attributes:
        name: The benchmark's name for `--only`.
        method: The method in a few sentences.
        figures: The numbers by label, for programs.
    """

    name: str
    title: str
    method: str
    tables: tuple[Table, ...]
    targets: tuple[Target, ...]
    figures: Mapping[str, float] = field(default_factory=dict)


def times_table(
    timings: Mapping[str, Timing],
    *,
    ours: str,
    cells: Mapping[str, tuple[str, ...]],
    columns: tuple[str, ...],
) -> Table:
    """Return a table of the times of several contenders and their ratios to ours.

    Args:
        timings: The times by contender, with the same rounds for all.
        ours: The contender that others are compared with.
        cells: More cells by contender, one for each of `columns`.
        columns: The titles of these cells' columns.
    """
    rows = tuple(
        (
            name,
            f"{timing.median_ms:.2f}",
            f"{timing.min_ms:.2f}",
            f"{timing.max_ms:.2f}",
            f"±{timing.spread:.0%}",
            f"{ratio(timing, timings[ours]):.2f}",
            *cells.get(name, ("",) * len(columns)),
        )
        for name, timing in timings.items()
    )
    return Table(columns=("", "median ms", "min", "max", "noise", "× ours", *columns), rows=rows)
