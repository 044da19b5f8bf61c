"""What a benchmark gives back: times, ratios, marks, tables. Values only; knows nothing of how they were measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The same work done again and again.

    Attributes:
        turns_ms: Wall time of each turn, in the order of the rounds: turn *i* of two sides ran side by side.
    """

    turns_ms: tuple[float, ...]

    @property
    def min_ms(self) -> float:
        """The best turn: what the machine can do when nobody disturbs it."""
        return min(self.turns_ms)

    @property
    def median_ms(self) -> float:
        """The middle turn."""
        return median(self.turns_ms)

    @property
    def max_ms(self) -> float:
        """The worst turn."""
        return max(self.turns_ms)

    @property
    def spread(self) -> float:
        """How noisy it was: half the turns lie within this share of the median."""
        return median(abs(turn - self.median_ms) for turn in self.turns_ms) / self.median_ms


def ratio(one: Timing, other: Timing) -> float:
    """Give how many times as long `one` took as `other`: the median over rounds of the ratio within a round.

    Whatever else the machine does slows both sides of a round, so this is steadier than a ratio of medians.
    """
    pairs = zip(one.turns_ms, other.turns_ms, strict=True)
    return median(a / b for a, b in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark to be reached and what was found.

    Attributes:
        wanted: In words, such as `at most 2 s`.
        found: Likewise.
        met: Whether it is reached; `None` where this run can't tell (another bundle, too small a run).
    """

    what: str
    wanted: str
    found: str
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of words and numbers, already written out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One benchmark's outcome.

    Attributes:
        name: As `--only` has it.
        method: What was done, in a few sentences.
        figures: The numbers themselves, for programs.
    """

    name: str
    title: str
    method: str
    tables: tuple[Table, ...]
    marks: tuple[Mark, ...]
    figures: Mapping[str, float] = field(default_factory=dict)


def times_table(
    timings: Mapping[str, Timing],
    *,
    ours: str,
    also: Mapping[str, tuple[str, ...]],
    extra: tuple[str, ...],
) -> Table:
    """Give a table of several sides' times and their ratios to ours.

    Args:
        timings: Side to its times, same rounds for all.
        ours: The side that others are held against.
        also: Side to what else is said of it, as many as `extra`.
        extra: The columns of that.
    """
    rows = tuple(
        (
            name,
            f"{timing.median_ms:.2f}",
            f"{timing.min_ms:.2f}",
            f"{timing.max_ms:.2f}",
            f"±{timing.spread:.0%}",
            f"{ratio(timing, timings[ours]):.2f}",
            *also.get(name, ("",) * len(extra)),
        )
        for name, timing in timings.items()
    )
    return Table(columns=("", "median ms", "min", "max", "noise", "× ours", *extra), rows=rows)
