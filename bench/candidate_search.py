"""Benchmark: the recall and speed with which local features propose candidate prints."""

import time
from collections.abc import Sequence

from tqdm import tqdm

from bench.context import BenchContext, log_progress
from bench.results import Section, Table, Target, Timing, ratio, times_table
from bench.scaled_features import write_scaled_features
from device.bundle.reader import OpenedBundle, opened
from device.imaging import decoding
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
RECALL_TARGET, TIME_TARGET = 0.01, 1.0
TARGET_PRINTS, TARGET_SIZE = 1305, 20_000
PROPOSING, MODEL_CALL = "proposing", "one model call"
_SEED = 2026


def measure(context: BenchContext) -> Section:
    """Search for simulated captures, cropped at their true corners, by their local features."""
    tables: list[Table] = []
    targets: list[Target] = []
    figures: dict[str, float] = {}
    with opened(context.bundle) as bundle:
        queries = {level: _captured(bundle, level, context.workload.captures) for level in Level}
        rows = [_recall_row(bundle, level.value, taken) for level, taken in queries.items()]
        tables.append(_recall_table(rows, bundle.manifest.items))
        targets += [_recall_target(row, bundle.manifest.items) for row in rows]
        for wanted_size in context.workload.feature_collection_sizes:
            size = max(wanted_size, bundle.manifest.items)
            folder = context.scratch / f"features-{size}"
            folder.mkdir()
            log_progress("writing the local features of %d prints", size)
            write_scaled_features(context.bundle, folder, count=size, seed=_SEED)
            matcher = FeatureMatcher(folder, size)
            timings = _timings(matcher, bundle, queries[Level.NORMAL], context.threads)
            recalls = {level.value: _recall(matcher, taken) for level, taken in queries.items()}
            tables.append(_size_table(size, timings, recalls))
            figures |= {f"{size} prints: recall@{AMONG}, {name}": r for name, r in recalls.items()}
            against = ratio(timings[PROPOSING], timings[MODEL_CALL])
            figures[f"{size} prints: proposing / model call"] = against
            targets.append(_time_target(size, against))
    return Section(
        name="candidate_search",
        title="Candidate prints by local features",
        method=(
            "Simulated captures, cropped at their true corners. Recall is the share with the print itself among the first "
            f"{AMONG} candidates. Brute force matches a capture with every print and counts the inliers. Larger collections are "
            "the bundle's prints and generated ones (bench/scaled_features.py). Proposing is quantising the features, looking "
            "them up and choosing candidates. Extracting the features takes the same time for any collection, and is left out."
        ),
        tables=tuple(tables),
        targets=tuple(targets),
        figures=figures,
    )


# The item of a print, and the local features of its capture.
Query = tuple[int, Features]


def _captured(bundle: OpenedBundle, level: Level, count: int) -> list[Query]:
    items = bundle.manifest.items
    shown = [r for r in map(bundle.records.at, range(items)) if r.show_picture]
    chosen = [
        shown[row * len(shown) // min(count, len(shown))] for row in range(min(count, len(shown)))
    ]
    found = []
    for record in tqdm(chosen, desc=f"captures, {level.value}", leave=False):
        pixels = decoding.decode(
            bundle.pictures.get(record.record_id, "screen"), name=record.record_id
        )
        taken = capture(pixels, record.record_id, level=level, seed=_SEED)
        sheet = rectify(taken.pixels, taken.corners, side=SIDE)
        found.append((record.item, features.extract(sheet)))
    return found


def _recall(matcher: FeatureMatcher, queries: Sequence[Query]) -> float:
    hits = [item in {p.item for p in matcher.propose(query, AMONG)[1]} for item, query in queries]
    return sum(hits) / len(hits)


def _recall_row(
    bundle: OpenedBundle, name: str, queries: Sequence[Query]
) -> tuple[str, float, float]:
    matcher = FeatureMatcher(bundle.path, bundle.manifest.index.items)
    inverted_index = InvertedIndex(bundle.path, bundle.manifest.index.items)
    hits = []
    for item, query in tqdm(queries, desc=f"brute force, {name}", leave=False):
        indexed, _ = matcher.propose(query, 1)
        fits = [
            geometric_check.check(indexed, inverted_index.features_of(other))
            for other in range(len(inverted_index))
        ]
        counts = [len(fit) if fit else 0 for fit in fits]
        better = sum(count > counts[item] for count in counts)
        hits.append(counts[item] > 0 and better < AMONG)
    return name, _recall(matcher, queries), sum(hits) / len(hits)


def _timings(
    matcher: FeatureMatcher, bundle: OpenedBundle, queries: Sequence[Query], threads: int
) -> dict[str, Timing]:
    model = ModelTiming(bundle, threads=threads)
    proposing, calls = [], []
    for _, query in tqdm(queries, desc="proposing", leave=False):
        matcher.propose(query, AMONG)  # loads the pages that this capture needs
        start = time.perf_counter()
        matcher.propose(query, AMONG)
        proposing.append((time.perf_counter() - start) * 1000)
        calls.append(model.time_once_ms())
    return {PROPOSING: Timing(turns_ms=tuple(proposing)), MODEL_CALL: Timing(turns_ms=tuple(calls))}


def _recall_table(rows: Sequence[tuple[str, float, float]], items: int) -> Table:
    return Table(
        title=f"The print among the first {AMONG} of {items:,}",
        columns=("captures", "proposed", "brute force"),
        rows=tuple((name, f"{ours:.3f}", f"{brute:.3f}") for name, ours, brute in rows),
    )


def _size_table(size: int, timings: dict[str, Timing], recalls: dict[str, float]) -> Table:
    cells = {PROPOSING: tuple(f"{recall:.3f}" for recall in recalls.values())}
    columns = tuple(f"recall@{AMONG}, {name}" for name in recalls)
    table = times_table(timings, ours=PROPOSING, cells=cells, columns=columns)
    return Table(columns=table.columns, rows=table.rows, title=f"Among {size:,} prints")


def _recall_target(row: tuple[str, float, float], items: int) -> Target:
    name, ours, brute = row
    return Target(
        name=f"recall@{AMONG} below brute force's, {name} captures, {items:,} prints",
        wanted=f"at most {RECALL_TARGET} at {TARGET_PRINTS:,} prints",
        found=f"{brute - ours:+.3f}",
        met=brute - ours <= RECALL_TARGET if items >= TARGET_PRINTS else None,
    )


def _time_target(size: int, against: float) -> Target:
    return Target(
        name=f"proposing / model call at {size:,} prints",
        wanted=f"at most {TIME_TARGET}",
        found=f"{against:.2f}",
        met=against <= TIME_TARGET if size >= TARGET_SIZE else None,
    )
