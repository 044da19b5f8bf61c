"""Benchmark: the time and memory of a build of 20,000 prints, extrapolated from a sample."""

import logging
from functools import partial

from bench.build_costs import LARGE, BuildCosts, measure_costs, seconds_for
from bench.context import BenchContext, log_progress
from bench.process_race import Contender, Work
from bench.results import Section, Table, Target
from converter.parity.compare import ParityPlan

HOURS_TARGET, GB_TARGET = 1.0, 4.0


def measure(context: BenchContext) -> Section:
    """Measure each step of a build on a sample, and extrapolate."""
    large = LARGE if context.workload.build_prints >= 64 else context.workload.collection_sizes[0]
    log_progress("measuring a build of %d prints", context.workload.build_prints)
    with Contender("build", partial(_maker, context), has_children=True) as process:
        costs: BuildCosts = process.results([large])[0]
    steps = seconds_for(large, costs, ParityPlan())
    total_s = sum(steps.values())
    # An upper bound: the parent is usually below its peak while the decoding workers run.
    peak_gb = (costs.peak_mb + context.threads * costs.worker_mb) / 1000
    rows = tuple(
        (name, f"{seconds:.0f}", f"{seconds / total_s:.0%}") for name, seconds in steps.items()
    )
    return Section(
        name="build_time",
        title=f"A build of {large:,} prints, extrapolated",
        method=(
            f"Each step on {costs.measured} prints of this collection with an empty cache, {context.threads} threads; the "
            "index at full size, on generated prints. Larger pictures than this collection's take longer to decode. Memory: "
            "the sum of the peaks of the main process and of each decoder."
        ),
        tables=(
            Table(columns=("", "seconds", "share"), rows=(*rows, ("total", f"{total_s:.0f}", ""))),
        ),
        targets=(
            Target(
                name=f"{large:,} prints",
                wanted=f"at most {HOURS_TARGET:.0f} h",
                found=f"{total_s / 3600:.2f} h",
                met=total_s <= HOURS_TARGET * 3600,
            ),
            Target(
                name="peak memory",
                wanted=f"at most {GB_TARGET:.0f} GB",
                found=f"{peak_gb:.2f} GB",
                met=peak_gb <= GB_TARGET,
            ),
        ),
        figures={f"{name}, s": seconds for name, seconds in steps.items()} | {"peak, GB": peak_gb},
    )


def _maker(context: BenchContext) -> Work:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    return partial(measure_costs, context)
