"""Benchmark: the demo's share of the processor, without a camera and without a browser."""

import time

from bench.context import BenchContext, log_progress
from bench.kiosk_process import KioskProcess
from bench.results import Section, Table, Target

TARGET_SHARE = 0.35
# The imports and the first drawing of the table are over by then.
_SETTLED_S = 2.0


def measure(context: BenchContext) -> Section:
    """Let a kiosk answer the replay camera's visits, and read the kernel's count of its time."""
    watched_s = context.workload.watched_s
    log_progress("watching the demo for %.0f s", watched_s)
    with KioskProcess(context.bundle, context.threads) as kiosk:
        kiosk.wait_until_healthy()
        time.sleep(_SETTLED_S)
        before_s, began_s = kiosk.processor_s(), time.perf_counter()
        time.sleep(watched_s)
        used_s = kiosk.processor_s() - before_s
        share = used_s / (time.perf_counter() - began_s)
        phase = str(kiosk.state(0)["phase"])
    rows = (("processor time, s", f"{used_s:.1f}"), ("of one core", f"{share:.0%}"))
    return Section(
        name="idle_demo",
        title="The demo without a camera",
        method=(
            f"The whole kiosk (page, service, replay camera) for {watched_s:.0f} s without a touch and without a browser: "
            f"it draws the visits and answers them. The last phase was {phase!r}."
        ),
        tables=(Table(columns=("", "found"), rows=rows),),
        targets=(
            Target(
                name="processor time of the demo",
                wanted=f"at most {TARGET_SHARE:.0%} of one core",
                found=f"{share:.0%}",
                met=share <= TARGET_SHARE,
            ),
        ),
        figures={"share of one core": share},
    )
