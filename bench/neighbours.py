"""Benchmark: finding the nearest prints, by the kiosk's index, by plain Annoy and by exact search."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from bench import generated, plain_annoy, real_vectors
from bench.plain_annoy import PlainIndex
from bench.results import Mark, Section, Table, Timing, ratio, times_table
from bench.setting import Setting, say
from converter.build import bundle_writer, index
from converter.build.exact_search import ExactSearch, search
from converter.build.index import NEAREST, BuiltIndex
from device.bundle import layout
from device.recognition.embedding.fingerprint import Fingerprint, Vector
from device.recognition.embedding.nearest import FingerprintIndex, Vectors

OURS = "ours"
EXACT = "exact (numpy)"
PLAIN_TREES = (10, 20, 50)
TIME_MARK, RECALL_MARK, MB_MARK = 0.25, 0.99, 80.0
MARKED_SIZE = 100_000
_MODEL = "bench"
_SEED = 11

Search = Callable[[Vector], object]


def measure(setting: Setting) -> Section:
    """Measure the bundle's own prints first, then generated collections, each with two kinds of queries."""
    real = real_vectors.read(setting)
    queries = setting.amounts.queries
    tables: list[Table] = []
    marks: list[Mark] = []
    figures: dict[str, float] = {}
    with threadpool_limits(1):
        half = len(real.captures) // 2
        cases = [("captures", real.captures[:half], real.captures[half:])]
        _one_size(setting, real.prints, "real prints", cases, tables, marks, figures)
        for size in setting.amounts.sizes:
            made = generated.generate(
                real.base, real.shifts, count=size, queries=2 * queries, seed=_SEED
            )
            cases = [
                ("held-out prints", made.held_out[:queries], made.held_out[queries:]),
                ("camera views", made.seen[:queries], made.seen[queries:]),
            ]
            _one_size(setting, made.vectors, "generated prints", cases, tables, marks, figures)
            tables.append(_spectrum_table(real.base, made.vectors))
    return Section(
        name="neighbours",
        title="The ten nearest prints",
        method=(
            "One query at a time, one thread, the sides by turns. Ours: the product's own code (half-whitened "
            "Annoy, then exact scores), its parameters chosen by converter.build.index on other queries. Plain Annoy: whole "
            "fingerprints, for each number of trees the least search_k on a grid half an octave apart that reaches our "
            f"recall. Generated prints are mixtures of {len(real.base)} real fingerprints (bench/generated.py); "
            "held-out prints are of the same making, camera views are prints moved as simulated captures move real ones."
        ),
        tables=tuple(tables),
        marks=tuple(marks),
        figures=figures,
    )


def _one_size(
    setting: Setting,
    vectors: Vectors,
    what: str,
    cases: list[tuple[str, Vectors, Vectors]],
    tables: list[Table],
    marks: list[Mark],
    figures: dict[str, float],
) -> None:
    name = f"{len(vectors):,} {what}"
    say("%s: growing plain Annoy", name)
    folder = setting.scratch / f"index-{len(vectors)}"
    folder.mkdir(exist_ok=True)
    plain = [plain_annoy.grow(vectors, n, folder / f"plain-{n}.ann") for n in PLAIN_TREES]
    for kind, choosing, asked in cases:
        say("%s, asked by %s", name, kind)
        ours, built, build_s = _ours(vectors, choosing, folder)
        exact = search(vectors, asked, NEAREST)
        reached = exact.recall([_found(ours, query) for query in asked])
        tuned = [plain_annoy.tuned(one, exact, reached) for one in plain]
        timings = _timings(ours, tuned, vectors, asked)
        tables.append(
            _table(f"{name}, asked by {kind}", timings, built, reached, tuned, exact, folder)
        )
        best = _fastest(timings, tuned)
        figures[f"{name}, {kind}: ours, median ms"] = timings[OURS].median_ms
        figures[f"{name}, {kind}: recall@10"] = reached
        figures[f"{name}, {kind}: ours / plain"] = ratio(timings[OURS], timings[best])
        figures[f"{name}, {kind}: choosing, s"] = build_s
        if len(vectors) == MARKED_SIZE:
            marks += _marks(kind, reached, ratio(timings[OURS], timings[best]), folder)


def _ours(
    vectors: Vectors, choosing: Vectors, folder: Path
) -> tuple[FingerprintIndex, BuiltIndex, float]:
    start = time.perf_counter()
    path = folder / layout.INDEX
    path.unlink(missing_ok=True)  # never rewrite a mapped file
    built = index.build(vectors, choosing, path, model_sha256=_MODEL)
    for name in (layout.FINGERPRINTS, layout.PROJECTION):
        (folder / name).unlink(missing_ok=True)
    bundle_writer.write_arrays(vectors, built.projection, folder)
    return FingerprintIndex(folder, built.spec), built, time.perf_counter() - start


def _found(ours: FingerprintIndex, query: Vector) -> npt.NDArray[np.intp]:
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
    searches: dict[str, Search] = {OURS: lambda query: _found(ours, query)}
    searches |= {_plain_name(one): one.nearest for one in plain}
    searches[EXACT] = lambda query: _nearest_exactly(vectors, query)
    turns: dict[str, list[float]] = {name: [] for name in searches}
    for number, query in enumerate(tqdm(queries, desc="search", leave=False)):
        names = list(searches)
        for place in range(len(names)):
            name = names[(place + number) % len(names)]
            searches[name](query)  # warms the rows this query needs, for every side alike
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
    reached: float,
    plain: list[PlainIndex],
    exact: ExactSearch,
    folder: Path,
) -> Table:
    spec = built.spec
    said = {
        OURS: (
            f"{reached:.4f}",
            f"{_mb(folder):.1f}",
            f"{spec.dimensions}-d, {spec.trees} trees, search_k {spec.search_k}, {spec.candidates} re-scored",
        ),
        EXACT: ("1.0000", "0.0", ""),
    }
    for one in plain:
        default = plain_annoy.recall_at(one, exact, -1)
        words = f"search_k {one.search_k}; with its default {default:.3f}"
        said[_plain_name(one)] = (f"{one.recall_at_10:.4f}", f"{one.size_bytes / 1e6:.1f}", words)
    table = times_table(timings, ours=OURS, also=said, extra=("recall@10", "MB", "parameters"))
    return Table(columns=table.columns, rows=table.rows, title=title)


def _mb(folder: Path) -> float:
    """Give the size of what stands beside the vectors."""
    files = (layout.INDEX, layout.PROJECTION)
    return sum((folder / name).stat().st_size for name in files) / 1e6


def _marks(kind: str, reached: float, against_plain: float, folder: Path) -> list[Mark]:
    where = f"at {MARKED_SIZE:,} prints, {kind}"
    return [
        Mark(
            what=f"recall@10 {where}",
            wanted=f"at least {RECALL_MARK}",
            found=f"{reached:.4f}",
            met=reached >= RECALL_MARK,
        ),
        Mark(
            what=f"ours / plain Annoy's time at our recall, {where}",
            wanted=f"at most {TIME_MARK}",
            found=f"{against_plain:.3f}",
            met=against_plain <= TIME_MARK,
        ),
        Mark(
            what=f"index beside the vectors {where}",
            wanted=f"at most {MB_MARK:.0f} MB",
            found=f"{_mb(folder):.1f} MB",
            met=_mb(folder) <= MB_MARK,
        ),
    ]


def _spectrum_table(real: Vectors, made: Vectors) -> Table:
    both = {"real": generated.spectrum(real), "generated": generated.spectrum(made)}
    return Table(
        title=f"Variance in the first components, {len(made):,} generated prints",
        columns=("", *(str(n) for n in both["real"])),
        rows=tuple((name, *(f"{v:.3f}" for v in found.values())) for name, found in both.items()),
    )
