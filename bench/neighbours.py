"""Benchmark: nearest prints by the kiosk's index, by plain Annoy and by exact search."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from bench import plain_annoy, real_fingerprints, scaled_fingerprints
from bench.context import BenchContext, log_progress
from bench.plain_annoy import PlainIndex
from bench.results import Section, Table, Target, Timing, ratio, times_table
from converter.build import bundle_writer, index
from converter.build.exact_search import ExactSearch, search
from converter.build.index import NEAREST, BuiltIndex
from device.bundle import layout
from device.recognition.embedding.fingerprint import Fingerprint, Vector
from device.recognition.embedding.nearest import FingerprintIndex, Vectors

OURS = "ours"
EXACT = "exact (numpy)"
PLAIN_TREES = (10, 20, 50)
TIME_TARGET, RECALL_TARGET, MB_TARGET = 0.25, 0.99, 80.0
TARGET_SIZE = 100_000
_MODEL = "bench"
_SEED = 11

Search = Callable[[Vector], object]


def measure(context: BenchContext) -> Section:
    """Measure searches in the bundle's own prints, then in generated collections."""
    real = real_fingerprints.read(context)
    queries = context.workload.queries
    tables: list[Table] = []
    targets: list[Target] = []
    figures: dict[str, float] = {}
    with threadpool_limits(1):
        half = len(real.captures) // 2
        cases = [("captures", real.captures[:half], real.captures[half:])]
        _one_size(context, real.prints, "real prints", cases, tables, targets, figures)
        for size in context.workload.collection_sizes:
            made = scaled_fingerprints.generate(
                real.base, real.shifts, count=size, queries=2 * queries, seed=_SEED
            )
            cases = [
                ("held-out prints", made.held_out[:queries], made.held_out[queries:]),
                ("camera views", made.camera_views[:queries], made.camera_views[queries:]),
            ]
            _one_size(context, made.vectors, "generated prints", cases, tables, targets, figures)
            tables.append(_spectrum_table(real.base, made.vectors))
    return Section(
        name="neighbours",
        title="The ten nearest prints",
        method=(
            "One query at a time, one thread, in turns. Ours: the product's own code (half-whitened "
            "Annoy, then exact scores), its parameters chosen by converter.build.index on other queries. Plain Annoy: whole "
            "fingerprints, for each number of trees the least search_k on a grid half an octave apart that reaches our "
            f"recall. Generated prints are mixtures of {len(real.base)} real fingerprints (bench/scaled_fingerprints.py). "
            "Held-out prints are generated in the same way. Camera views are prints moved as simulated captures move real ones."
        ),
        tables=tuple(tables),
        targets=tuple(targets),
        figures=figures,
    )


def _one_size(
    context: BenchContext,
    vectors: Vectors,
    kind: str,
    cases: list[tuple[str, Vectors, Vectors]],
    tables: list[Table],
    targets: list[Target],
    figures: dict[str, float],
) -> None:
    name = f"{len(vectors):,} {kind}"
    log_progress("%s: building plain Annoy", name)
    folder = context.scratch / f"index-{len(vectors)}"
    folder.mkdir(exist_ok=True)
    plain = [plain_annoy.build(vectors, n, folder / f"plain-{n}.ann") for n in PLAIN_TREES]
    for queries, tuning, measured in cases:
        log_progress("%s, queried by %s", name, queries)
        ours, built, build_s = _ours(vectors, tuning, folder)
        exact = search(vectors, measured, NEAREST)
        recall = exact.recall([_neighbours(ours, query) for query in measured])
        tuned = [plain_annoy.tuned(one, exact, recall) for one in plain]
        timings = _timings(ours, tuned, vectors, measured)
        tables.append(
            _table(f"{name}, queried by {queries}", timings, built, recall, tuned, exact, folder)
        )
        best = _fastest(timings, tuned)
        figures[f"{name}, {queries}: ours, median ms"] = timings[OURS].median_ms
        figures[f"{name}, {queries}: recall@10"] = recall
        figures[f"{name}, {queries}: ours / plain"] = ratio(timings[OURS], timings[best])
        figures[f"{name}, {queries}: choosing, s"] = build_s
        if len(vectors) == TARGET_SIZE:
            targets += _targets(queries, recall, ratio(timings[OURS], timings[best]), folder)


def _ours(
    vectors: Vectors, tuning: Vectors, folder: Path
) -> tuple[FingerprintIndex, BuiltIndex, float]:
    start = time.perf_counter()
    path = folder / layout.INDEX
    path.unlink(missing_ok=True)  # never rewrite a mapped file
    built = index.build(vectors, tuning, path, model_sha256=_MODEL)
    for name in (layout.FINGERPRINTS, layout.PROJECTION):
        (folder / name).unlink(missing_ok=True)
    bundle_writer.write_arrays(vectors, built.projection, folder)
    return FingerprintIndex(folder, built.spec), built, time.perf_counter() - start


def _neighbours(ours: FingerprintIndex, query: Vector) -> npt.NDArray[np.intp]:
    neighbours = ours.nearest(Fingerprint(vector=query, model_sha256=_MODEL), NEAREST)
    return np.asarray([neighbour.item for neighbour in neighbours], np.intp)


def _nearest_exactly(vectors: Vectors, query: Vector) -> npt.NDArray[np.intp]:
    scores = vectors @ query
    count = min(NEAREST, len(vectors))
    best = np.argpartition(-scores, count - 1)[:count]
    return best[np.argsort(-scores[best])]


def _timings(
    ours: FingerprintIndex, plain: list[PlainIndex], vectors: Vectors, queries: Vectors
) -> dict[str, Timing]:
    searches: dict[str, Search] = {OURS: lambda query: _neighbours(ours, query)}
    searches |= {_plain_name(one): one.nearest for one in plain}
    searches[EXACT] = lambda query: _nearest_exactly(vectors, query)
    turns: dict[str, list[float]] = {name: [] for name in searches}
    for number, query in enumerate(tqdm(queries, desc="search", leave=False)):
        names = list(searches)
        for place in range(len(names)):
            name = names[(place + number) % len(names)]
            searches[name](query)  # loads the rows that this query needs, for each search alike
            start = time.perf_counter()
            searches[name](query)
            turns[name].append((time.perf_counter() - start) * 1000)
    return {name: Timing(turns_ms=tuple(times)) for name, times in turns.items()}


def _plain_name(one: PlainIndex) -> str:
    return f"plain Annoy, {one.count} trees"


def _fastest(timings: Mapping[str, Timing], plain: list[PlainIndex]) -> str:
    return min((_plain_name(one) for one in plain), key=lambda name: timings[name].median_ms)


def _table(
    title: str,
    timings: Mapping[str, Timing],
    built: BuiltIndex,
    recall: float,
    plain: list[PlainIndex],
    exact: ExactSearch,
    folder: Path,
) -> Table:
    spec = built.spec
    cells = {
        OURS: (
            f"{recall:.4f}",
            f"{_mb(folder):.1f}",
            f"{spec.dimensions}-d, {spec.trees} trees, search_k {spec.search_k}, {spec.candidates} re-scored",
        ),
        EXACT: ("1.0000", "0.0", ""),
    }
    for one in plain:
        default = plain_annoy.recall_at(one, exact, -1)
        parameters = f"search_k {one.search_k}; with its default {default:.3f}"
        size = f"{one.size_bytes / 1e6:.1f}"
        cells[_plain_name(one)] = (f"{one.recall_at_10:.4f}", size, parameters)
    table = times_table(timings, ours=OURS, cells=cells, columns=("recall@10", "MB", "parameters"))
    return Table(columns=table.columns, rows=table.rows, title=title)


def _mb(folder: Path) -> float:
    """Return the size of the index's files without the fingerprints, in MB."""
    files = (layout.INDEX, layout.PROJECTION)
    return sum((folder / name).stat().st_size for name in files) / 1e6


def _targets(queries: str, recall: float, against_plain: float, folder: Path) -> list[Target]:
    where = f"at {TARGET_SIZE:,} prints, {queries}"
    return [
        Target(
            name=f"recall@10 {where}",
            wanted=f"at least {RECALL_TARGET}",
            found=f"{recall:.4f}",
            met=recall >= RECALL_TARGET,
        ),
        Target(
            name=f"ours / plain Annoy's time at our recall, {where}",
            wanted=f"at most {TIME_TARGET}",
            found=f"{against_plain:.3f}",
            met=against_plain <= TIME_TARGET,
        ),
        Target(
            name=f"index without the vectors {where}",
            wanted=f"at most {MB_TARGET:.0f} MB",
            found=f"{_mb(folder):.1f} MB",
            met=_mb(folder) <= MB_TARGET,
        ),
    ]


def _spectrum_table(real: Vectors, made: Vectors) -> Table:
    both = {
        "real": scaled_fingerprints.spectrum(real),
        "generated": scaled_fingerprints.spectrum(made),
    }
    return Table(
        title=f"Variance in the first components, {len(made):,} generated prints",
        columns=("", *(str(n) for n in both["real"])),
        rows=tuple((name, *(f"{v:.3f}" for v in found.values())) for name, found in both.items()),
    )
