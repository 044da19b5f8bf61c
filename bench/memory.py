"""Benchmark: the service's memory after many answers, the browser left out."""

from tqdm import tqdm

from bench.kiosk_process import KioskProcess
from bench.results import Mark, Section, Table
from bench.setting import Setting, items_of, say, spread
from device.imaging import frames

PSS_MARK_MB = 200.0
MARKED_PRINTS = 1305
_DIFFERENT = 20
_COUNTED = ("Pss", "Rss", "Private_Dirty", "Pss_Anon", "Pss_File")


def measure(setting: Setting) -> Section:
    """Ask a running kiosk again and again, then read what the kernel counts for it."""
    answers, prints = setting.amounts.answers, setting.manifest().items
    say("asking a kiosk of %d prints %d times", prints, answers)
    uploads = [
        frames.to_jpeg(frames.load(item.image), side=1600, quality=90)
        for item in spread(items_of(setting), _DIFFERENT)
    ]
    with KioskProcess(setting.bundle, setting.threads) as kiosk:
        kiosk.wait_until_well()
        before = kiosk.memory_mb()
        for number in tqdm(range(answers), desc="answers", leave=False):
            kiosk.search(uploads[number % len(uploads)])
        after = kiosk.memory_mb()
    counted = tuple(name for name in _COUNTED if name in after)
    rows = tuple((name, f"{before[name]:.0f}", f"{after[name]:.0f}") for name in counted)
    enough = prints >= MARKED_PRINTS and answers >= 100
    return Section(
        name="memory",
        title=f"Memory of the service ({prints} prints)",
        method=(
            f"The whole kiosk (page, service, replay camera) after {answers} uploads, one right after the other, from "
            f"smaps_rollup; the mark is set for a bundle of {MARKED_PRINTS:,} prints."
        ),
        tables=(Table(columns=("MB", "once well", "after the answers"), rows=rows),),
        marks=(
            Mark(
                what=f"PSS after {answers} answers, {prints} prints",
                wanted=f"at most {PSS_MARK_MB:.0f} MB",
                found=f"{after['Pss']:.0f} MB",
                met=after["Pss"] <= PSS_MARK_MB if enough or after["Pss"] > PSS_MARK_MB else None,
            ),
        ),
        figures={f"{name}, MB": after[name] for name in counted},
    )
