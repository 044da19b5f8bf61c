"""Search is exact among filtered prints, and approximate and fast over all prints."""

from dataclasses import replace
from pathlib import Path

import annoy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from converter.build import index as desk
from device.bundle import layout
from device.bundle.manifest import IndexSpec
from device.errors import BundleDamagedError, ModelError
from device.recognition.embedding import nearest
from device.recognition.embedding.fingerprint import Fingerprint
from device.recognition.embedding.nearest import (
    FingerprintIndex,
    Neighbour,
    Projection,
    Vectors,
    normalise,
    stack,
)

PRINTS = 400
MODEL = "m" * 64


def clustered(count: int, seed: int) -> Vectors:
    """Return unit vectors in clusters, as prints of one book are."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(20, 512))
    mixed = centres[random.integers(0, 20, count)] + 0.7 * random.normal(size=(count, 512))
    return normalise(mixed.astype(np.float32))


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Return the collection's fingerprints; prints 7, 8 and 390 are equal."""
    made = clustered(PRINTS, seed=1)
    made[8] = made[390] = made[7]
    return made


@pytest.fixture(scope="module")
def queries(vectors: Vectors) -> Vectors:
    """Return queries: prints of the collection with a little noise."""
    noise = np.random.default_rng(2).normal(size=(60, 512)) * 0.02
    return normalise((vectors[::7][:60] + noise[: len(vectors[::7][:60])]).astype(np.float32))


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory, vectors: Vectors, queries: Vectors
) -> tuple[Path, IndexSpec]:
    """Return a folder with a bundle's index files, and the manifest's entry."""
    made = tmp_path_factory.mktemp("index")
    found = desk.build(vectors, queries, made / layout.INDEX, model_sha256=MODEL)
    np.save(made / layout.FINGERPRINTS, vectors)
    np.save(made / layout.PROJECTION, stack(found.projection))
    return made, found.spec


@pytest.fixture(scope="module")
def folder(built: tuple[Path, IndexSpec]) -> Path:
    """Return the folder with a bundle's index files."""
    return built[0]


@pytest.fixture(scope="module")
def spec(built: tuple[Path, IndexSpec]) -> IndexSpec:
    """Return the manifest's entry for the index."""
    return built[1]


@pytest.fixture(scope="module")
def index(folder: Path, spec: IndexSpec) -> FingerprintIndex:
    """Return the open index."""
    return FingerprintIndex(folder, spec)


def fingerprint_of(vector: Vectors, length: float = 22.6) -> Fingerprint:
    """Return a fingerprint that isn't at unit length, as the model's aren't."""
    return Fingerprint(vector=vector * np.float32(length), model_sha256=MODEL)


def items(found: list[Neighbour]) -> list[int]:
    """Return the items of the neighbours."""
    return [neighbour.item for neighbour in found]


def test_exact_search_equals_brute_force_with_numpy(
    index: FingerprintIndex, vectors: Vectors, queries: Vectors
) -> None:
    for query in queries:
        wanted = np.argsort(-(vectors @ query), kind="stable")[:10]

        found = index.exact(fingerprint_of(query), 10)

        assert items(found) == wanted.tolist()
        assert [n.score for n in found] == pytest.approx(
            (vectors @ query)[wanted].tolist(), abs=1e-5
        )


def test_the_approximate_search_has_the_recall_in_the_manifest(
    index: FingerprintIndex, spec: IndexSpec, queries: Vectors
) -> None:
    exact = [set(items(index.exact(fingerprint_of(query), 10))) for query in queries]
    found = [set(items(index.nearest(fingerprint_of(query), 10))) for query in queries]

    recall = sum(len(e & f) for e, f in zip(exact, found, strict=True)) / (10 * len(queries))

    assert recall == pytest.approx(spec.recall_at_10, abs=1e-6)
    assert recall >= 0.99


def test_both_searches_agree_on_scores_and_order(index: FingerprintIndex, queries: Vectors) -> None:
    for query in queries[:10]:
        exact = {n.item: n.score for n in index.exact(fingerprint_of(query), PRINTS)}
        found = index.nearest(fingerprint_of(query), 10)

        assert [n.score for n in found] == sorted((n.score for n in found), reverse=True)
        assert [n.score for n in found] == pytest.approx([exact[n.item] for n in found], abs=1e-6)


def test_ties_are_ordered_by_row(index: FingerprintIndex, vectors: Vectors) -> None:
    assert items(index.exact(fingerprint_of(vectors[7]), 3)) == [7, 8, 390]
    assert items(index.nearest(fingerprint_of(vectors[7]), 3)) == [7, 8, 390]


@settings(max_examples=60, deadline=None)
@given(
    among=st.lists(st.integers(0, PRINTS - 1), unique=True).map(sorted),
    asks=st.integers(0, PRINTS - 1),
    count=st.integers(1, 50),
)
def test_a_filtered_search_is_exact_over_all_that_pass(
    index: FingerprintIndex, vectors: Vectors, among: list[int], asks: int, count: int
) -> None:
    """A filter applied after the search would lose distant prints that pass it."""
    scores = vectors[among] @ vectors[asks] if among else np.empty(0)

    found = index.exact(fingerprint_of(vectors[asks]), count, among=among)

    assert len(found) == min(count, len(among))
    assert items(found) == [among[i] for i in np.argsort(-scores, kind="stable")[:count]]


def test_the_farthest_print_is_found_if_it_alone_passes(
    index: FingerprintIndex, vectors: Vectors
) -> None:
    farthest = int(np.argmin(vectors @ vectors[0]))

    assert items(index.exact(fingerprint_of(vectors[0]), 10, among=[farthest])) == [farthest]
    assert farthest not in items(index.nearest(fingerprint_of(vectors[0]), 10))


def test_more_rows_than_one_chunk_are_all_scored(
    index: FingerprintIndex, vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = index.exact(fingerprint_of(vectors[3]), PRINTS)
    monkeypatch.setattr(nearest, "_ROWS_PER_CHUNK", 64)

    assert items(index.exact(fingerprint_of(vectors[3]), PRINTS)) == items(whole)


@pytest.mark.parametrize("count", [PRINTS, PRINTS + 1, 10 * PRINTS])
def test_a_count_of_all_or_more_returns_every_print_once(
    index: FingerprintIndex, vectors: Vectors, count: int
) -> None:
    assert sorted(items(index.nearest(fingerprint_of(vectors[0]), count))) == list(range(PRINTS))
    assert sorted(items(index.exact(fingerprint_of(vectors[0]), count))) == list(range(PRINTS))


@pytest.mark.parametrize("count", [0, -1])
def test_a_count_of_zero_or_less_returns_nothing(
    index: FingerprintIndex, vectors: Vectors, count: int
) -> None:
    assert index.nearest(fingerprint_of(vectors[0]), count) == []
    assert index.exact(fingerprint_of(vectors[0]), count) == []


def test_a_print_is_at_distance_zero_from_itself_and_distances_stay_in_range(
    index: FingerprintIndex, vectors: Vectors
) -> None:
    for vector in vectors[:50]:
        for found in index.exact(fingerprint_of(vector), PRINTS):
            assert 0 <= found.distance <= 2
            assert -1 <= found.score <= 1
        assert index.exact(fingerprint_of(vector), 1)[0].distance == pytest.approx(0, abs=1e-5)


def test_the_length_of_a_fingerprint_does_not_matter(
    index: FingerprintIndex, vectors: Vectors
) -> None:
    assert items(index.nearest(fingerprint_of(vectors[5], 0.01), 10)) == items(
        index.nearest(fingerprint_of(vectors[5], 1000), 10)
    )


def test_a_fingerprint_of_another_model_is_refused_naming_both(
    index: FingerprintIndex, vectors: Vectors
) -> None:
    stranger = Fingerprint(vector=vectors[0], model_sha256="n" * 64)

    for search_ in (index.nearest, index.exact):
        with pytest.raises(ModelError, match=r"nnnnnnnnnnnn can't be compared .* mmmmmmmmmmmm"):
            search_(stranger, 1)


VECTORS = arrays.arrays(
    np.float32, (3, 16), elements=st.floats(-1e3, 1e3, width=32, allow_subnormal=False)
)


@given(VECTORS)
def test_normalised_vectors_have_unit_length_or_are_zero(vectors: Vectors) -> None:
    made = normalise(vectors)

    for vector, was in zip(made, vectors, strict=True):
        length = float(np.linalg.norm(vector.astype(np.float64)))
        assert length == pytest.approx(1, abs=1e-4) or np.linalg.norm(was) < 1e-18
    assert made.dtype == np.float32


def test_a_projection_survives_being_stored_and_read(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    kept = Projection(
        mean=random.normal(size=512).astype(np.float32),
        matrix=random.normal(size=(512, 9)).astype(np.float32),
    )
    np.save(tmp_path / "projection.npy", stack(kept))

    read = nearest.load_projection(tmp_path / "projection.npy")

    assert (read.mean == kept.mean).all()
    assert (read.matrix == kept.matrix).all()
    assert read(kept.matrix.T).shape == (9, 9)


def copied(folder: Path, to: Path) -> Path:
    """Copy the index files, so that a test can damage them."""
    for name in (layout.INDEX, layout.FINGERPRINTS, layout.PROJECTION):
        (to / name).write_bytes((folder / name).read_bytes())
    return to


@pytest.mark.parametrize("name", [layout.INDEX, layout.FINGERPRINTS, layout.PROJECTION])
@pytest.mark.parametrize("content", [b"", b"no array at all"])
def test_a_file_that_holds_something_else_is_refused(
    folder: Path, spec: IndexSpec, tmp_path: Path, name: str, content: bytes
) -> None:
    (copied(folder, tmp_path) / name).write_bytes(content)

    with pytest.raises(BundleDamagedError) as caught:
        FingerprintIndex(tmp_path, spec)

    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        (layout.FINGERPRINTS, np.zeros((PRINTS, 512))),
        (layout.FINGERPRINTS, np.zeros((PRINTS, 256), np.float32)),
        (layout.FINGERPRINTS, np.zeros((PRINTS - 1, 512), np.float32)),
        (layout.FINGERPRINTS, np.zeros(PRINTS * 512, np.float32)),
        (layout.PROJECTION, np.zeros((512, 3), np.float32)),
        (layout.PROJECTION, np.zeros((512, 0), np.float32)),
        (layout.PROJECTION, np.zeros((256, 65), np.float32)),
        (layout.PROJECTION, np.array([object()], dtype=object)),
    ],
    ids=range(8),
)
def test_arrays_of_other_sizes_are_refused(
    folder: Path, spec: IndexSpec, tmp_path: Path, name: str, array: Vectors
) -> None:
    np.save(copied(folder, tmp_path) / name, array, allow_pickle=True)

    with pytest.raises(BundleDamagedError, match="expected"):
        FingerprintIndex(tmp_path, spec)


def test_an_index_of_fewer_prints_is_refused(folder: Path, spec: IndexSpec, tmp_path: Path) -> None:
    trees = annoy.AnnoyIndex(spec.dimensions, spec.metric)  # type: ignore[arg-type]
    trees.add_item(0, [0.0] * spec.dimensions)
    trees.build(1)
    trees.save(str(copied(folder, tmp_path) / layout.INDEX))

    with pytest.raises(BundleDamagedError, match="holds 1 prints, manifest says 400"):
        FingerprintIndex(tmp_path, spec)


def test_an_unknown_metric_is_refused(folder: Path, spec: IndexSpec) -> None:
    with pytest.raises(BundleDamagedError, match="metric"):
        FingerprintIndex(folder, replace(spec, metric="taxicab"))
