"""Benchmark: the prints that details propose: how surely beside comparing with every print, and how fast among many."""

import time
from collections.abc import Sequence

from tqdm import tqdm

from bench.crowd import crowd
from bench.results import Mark, Section, Table, Timing, ratio, times_table
from bench.setting import Setting, say
from device.bundle.reader import OpenedBundle, opened
from device.imaging import frames
from device.imaging.rectify import rectify
from device.recognition.local import features, geometric_check
from device.recognition.local.features import Features
from device.recognition.local.inverted_index import InvertedIndex
from device.recognition.local.match import FeatureMatcher
from device.recognition.recogniser import SIDE
from evaluation.model_timing import ModelTiming
from evaluation.simulate.conditions import Level
from evaluation.simulate.handheld import capture

AMONG = 20
RECALL_MARK, TIME_MARK = 0.01, 1.0
MARKED_PRINTS, MARKED_SIZE = 1305, 20_000
PROPOSING, MODEL_CALL = "proposing", "one model call"
_SEED = 2026


def measure(setting: Setting) -> Section:
    """Hold prints under the simulated camera, cut out by their true corners, and look for them by their details."""
    tables: list[Table] = []
    marks: list[Mark] = []
    figures: dict[str, float] = {}
    with opened(setting.bundle) as bundle:
        asked = {level: _captured(bundle, level, setting.amounts.compared) for level in Level}
        rows = [_recall_row(bundle, level.value, seen) for level, seen in asked.items()]
        tables.append(_recall_table(rows, bundle.manifest.items))
        marks += [_recall_mark(row, bundle.manifest.items) for row in rows]
        for size in [max(size, bundle.manifest.items) for size in setting.amounts.crowds]:
            folder = setting.scratch / f"crowd-{size}"
            folder.mkdir()
            say("laying out the details of %d prints", size)
            crowd(setting.bundle, folder, count=size, seed=_SEED)
            matcher = FeatureMatcher(folder, size)
            timings = _timings(matcher, bundle, asked[Level.NORMAL], setting.threads)
            found = {level.value: _recall(matcher, seen) for level, seen in asked.items()}
            tables.append(_size_table(size, timings, found))
            figures |= {f"{size} prints: recall@{AMONG}, {name}": r for name, r in found.items()}
            against = ratio(timings[PROPOSING], timings[MODEL_CALL])
            figures[f"{size} prints: proposing / model call"] = against
            marks.append(_time_mark(size, against))
    return Section(
        name="proposals",
        title="Prints proposed by their details",
        method=(
            f"Prints under the simulated camera, cut out by their true corners; the print itself among the first {AMONG}. "
            "Brute force matches a capture with every print and counts the pairs that lie alike. Larger collections are "
            "the bundle's prints and generated ones (bench/crowd.py). Proposing is writing the details down, looking "
            "them up and choosing; finding them costs the same however many prints there are, and is not in it."
        ),
        tables=tuple(tables),
        marks=tuple(marks),
        figures=figures,
    )


Seen = tuple[int, Features]


def _captured(bundle: OpenedBundle, level: Level, count: int) -> list[Seen]:
    items = bundle.manifest.items
    shown = [r for r in map(bundle.records.at, range(items)) if r.show_picture]
    chosen = [
        shown[row * len(shown) // min(count, len(shown))] for row in range(min(count, len(shown)))
    ]
    found = []
    for record in tqdm(chosen, desc=f"captures, {level.value}", leave=False):
        pixels = frames.decode(
            bundle.pictures.get(record.record_id, "screen"), name=record.record_id
        )
        held = capture(pixels, record.record_id, level=level, seed=_SEED)
        found.append((record.item, features.extract(rectify(held.pixels, held.corners, side=SIDE))))
    return found


def _recall(matcher: FeatureMatcher, seen: Sequence[Seen]) -> float:
    hits = [item in {p.item for p in matcher.propose(one, AMONG)[1]} for item, one in seen]
    return sum(hits) / len(hits)


def _recall_row(bundle: OpenedBundle, name: str, seen: Sequence[Seen]) -> tuple[str, float, float]:
    matcher = FeatureMatcher(bundle.path, bundle.manifest.items)
    inverted_index = InvertedIndex(bundle.path, bundle.manifest.items)
    hits = []
    for item, one in tqdm(seen, desc=f"brute force, {name}", leave=False):
        written, _ = matcher.propose(one, 1)
        fits = [
            geometric_check.check(written, inverted_index.features_of(other))
            for other in range(len(inverted_index))
        ]
        counts = [len(fit) if fit else 0 for fit in fits]
        better = sum(count > counts[item] for count in counts)
        hits.append(counts[item] > 0 and better < AMONG)
    return name, _recall(matcher, seen), sum(hits) / len(hits)


def _timings(
    matcher: FeatureMatcher, bundle: OpenedBundle, seen: Sequence[Seen], threads: int
) -> dict[str, Timing]:
    model = ModelTiming(bundle, threads=threads)
    proposing, calls = [], []
    for _, one in tqdm(seen, desc="proposing", leave=False):
        matcher.propose(one, AMONG)  # warms the pages this capture needs
        start = time.perf_counter()
        matcher.propose(one, AMONG)
        proposing.append((time.perf_counter() - start) * 1000)
        calls.append(model.time_once_ms())
    return {PROPOSING: Timing(turns_ms=tuple(proposing)), MODEL_CALL: Timing(turns_ms=tuple(calls))}


def _recall_table(rows: Sequence[tuple[str, float, float]], items: int) -> Table:
    return Table(
        title=f"The print among the first {AMONG} of {items:,}",
        columns=("captures", "proposed", "brute force"),
        rows=tuple((name, f"{ours:.3f}", f"{brute:.3f}") for name, ours, brute in rows),
    )


def _size_table(size: int, timings: dict[str, Timing], found: dict[str, float]) -> Table:
    recalls = tuple(f"{recall:.3f}" for recall in found.values())
    columns = tuple(f"recall@{AMONG}, {name}" for name in found)
    table = times_table(timings, ours=PROPOSING, also={PROPOSING: recalls}, extra=columns)
    return Table(columns=table.columns, rows=table.rows, title=f"Among {size:,} prints")


def _recall_mark(row: tuple[str, float, float], items: int) -> Mark:
    name, ours, brute = row
    return Mark(
        what=f"recall@{AMONG} less than brute force's, {name} captures, {items:,} prints",
        wanted=f"at most {RECALL_MARK} at {MARKED_PRINTS:,} prints",
        found=f"{brute - ours:+.3f}",
        met=brute - ours <= RECALL_MARK if items >= MARKED_PRINTS else None,
    )


def _time_mark(size: int, against: float) -> Mark:
    return Mark(
        what=f"proposing / model call at {size:,} prints",
        wanted=f"at most {TIME_MARK}",
        found=f"{against:.2f}",
        met=against <= TIME_MARK if size >= MARKED_SIZE else None,
    )
