"""Benchmark: what a build of 20,000 prints would take, from a measured part."""

import logging
from functools import partial

from bench.rehearsal import LARGE, Rehearsal, rehearse, seconds_for
from bench.results import Mark, Section, Table
from bench.setting import Setting, say
from bench.sides import Side, Work
from converter.parity.compare import ParityPlan

HOURS_MARK, GB_MARK = 1.0, 4.0


def measure(setting: Setting) -> Section:
    """Rehearse a build and extrapolate."""
    large = LARGE if setting.amounts.measured >= 64 else setting.amounts.sizes[0]
    say("rehearsing a build on %d prints", setting.amounts.measured)
    with Side("build", partial(_maker, setting), has_children=True) as side:
        one: Rehearsal = side.results([large])[0]
    steps = seconds_for(large, one, ParityPlan())
    total_s = sum(steps.values())
    # Where the workers that decode are alive the parent doesn't hold its most, but nobody promises that.
    peak_gb = (one.peak_mb + setting.threads * one.worker_mb) / 1000
    rows = tuple(
        (name, f"{seconds:.0f}", f"{seconds / total_s:.0%}") for name, seconds in steps.items()
    )
    return Section(
        name="building",
        title=f"A build of {large:,} prints, extrapolated",
        method=(
            f"Every step on {one.measured} prints of this collection with an empty cache, {setting.threads} threads; the "
            "index at full size on generated prints. Larger pictures than this collection's take longer to decode. Memory: "
            "the most of the desk's process and of each decoder, added up."
        ),
        tables=(
            Table(
                columns=("", "seconds", "share"), rows=(*rows, ("together", f"{total_s:.0f}", ""))
            ),
        ),
        marks=(
            Mark(
                what=f"{large:,} prints",
                wanted=f"at most {HOURS_MARK:.0f} h",
                found=f"{total_s / 3600:.2f} h",
                met=total_s <= HOURS_MARK * 3600,
            ),
            Mark(
                what="peak memory",
                wanted=f"at most {GB_MARK:.0f} GB",
                found=f"{peak_gb:.2f} GB",
                met=peak_gb <= GB_MARK,
            ),
        ),
        figures={f"{name}, s": seconds for name, seconds in steps.items()} | {"peak, GB": peak_gb},
    )


def _maker(setting: Setting) -> Work:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    return partial(rehearse, setting)
