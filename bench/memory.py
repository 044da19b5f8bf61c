"""Benchmark: the service's memory after many answers, without the browser's."""

from tqdm import tqdm

from bench.context import BenchContext, log_progress, read_items, sample_evenly
from bench.kiosk_process import KioskProcess
from bench.results import Section, Table, Target
from device.imaging import decoding, encoding

PSS_TARGET_MB = 200.0
TARGET_PRINTS = 1305
_DIFFERENT = 20
_COUNTED = ("Pss", "Rss", "Private_Dirty", "Pss_Anon", "Pss_File")


def measure(context: BenchContext) -> Section:
    """Send many searches to a running kiosk, then read the kernel's counts of its memory."""
    answers, prints = context.workload.answers, context.manifest().items
    log_progress("searching a kiosk of %d prints %d times", prints, answers)
    uploads = [
        encoding.to_jpeg(decoding.load(item.image), side=1600, quality=90)
        for item in sample_evenly(read_items(context), _DIFFERENT)
    ]
    with KioskProcess(context.bundle, context.threads) as kiosk:
        kiosk.wait_until_healthy()
        before = kiosk.memory_mb()
        for number in tqdm(range(answers), desc="answers", leave=False):
            kiosk.search(uploads[number % len(uploads)])
        after = kiosk.memory_mb()
    counted = tuple(name for name in _COUNTED if name in after)
    rows = tuple((name, f"{before[name]:.0f}", f"{after[name]:.0f}") for name in counted)
    enough = prints >= TARGET_PRINTS and answers >= 100
    return Section(
        name="memory",
        title=f"Memory of the service ({prints} prints)",
        method=(
            f"The whole kiosk (page, service, replay camera) after {answers} uploads without a pause, from "
            f"smaps_rollup. The target is for a bundle of {TARGET_PRINTS:,} prints."
        ),
        tables=(Table(columns=("MB", "once healthy", "after the answers"), rows=rows),),
        targets=(
            Target(
                name=f"PSS after {answers} answers, {prints} prints",
                wanted=f"at most {PSS_TARGET_MB:.0f} MB",
                found=f"{after['Pss']:.0f} MB",
                met=(
                    after["Pss"] <= PSS_TARGET_MB
                    if enough or after["Pss"] > PSS_TARGET_MB
                    else None
                ),
            ),
        ),
        figures={f"{name}, MB": after[name] for name in counted},
    )
