"""Changes between two bundles, found in real bundle files."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.build.diff import Alteration, Change, compare, describe
from device.bundle import layout
from device.bundle.format_versions import FORMAT_VERSION
from device.bundle.manifest import (
    FileEntry,
    IndexSpec,
    Manifest,
    ModelSpec,
    Thresholds,
    dump,
    identify,
)
from device.bundle.reader import OpenedBundle, opened, sha256_of

SCHEMA = Path(__file__).parents[3] / "device" / "bundle" / "schema.sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRecord:
    """One record of a test bundle; relations are pairs of kind and target."""

    record_id: str
    title: str = "A title"
    technique: str | None = "etching"
    image: str = "0"
    relations: tuple[tuple[str, str], ...] = ()


def write_records(path: Path, records: list[WrittenRecord]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        rows = {record.record_id: item for item, record in enumerate(records)}
        for item, record in enumerate(records):
            connection.execute(
                "INSERT INTO records (item, record_id, title, technique, show_picture, width, height, image_sha256)"
                " VALUES (?, ?, ?, ?, 1, 640, 480, ?)",
                (item, record.record_id, record.title, record.technique, record.image),
            )
            for position, (kind, target) in enumerate(record.relations):
                connection.execute(
                    "INSERT INTO relations VALUES (?, ?, ?, ?, ?)",
                    (item, position, kind, target, rows.get(target)),
                )
        connection.execute(
            "CREATE VIRTUAL TABLE records_fts USING FTS5 (title, makers, technique, note, content='records')"
        )
        connection.execute("INSERT INTO records_fts (records_fts) VALUES ('rebuild')")


def manifest(bundle: Path, items: int, **changed: Any) -> Manifest:
    files = tuple(
        FileEntry(
            path=path.relative_to(bundle).as_posix(),
            sha256=sha256_of(path),
            size_bytes=path.stat().st_size,
        )
        for path in sorted(bundle.rglob("*"))
        if path.is_file()
    )
    model = next(entry.sha256 for entry in files if entry.path == layout.MODEL)
    whole = Manifest(
        format_version=FORMAT_VERSION,
        bundle_id="",
        version=0,
        name="Prints",
        made_by="tests",
        items=items,
        parts={},
        model=ModelSpec(
            variant="dynamic_int8",
            preprocess="caffe",
            resize="squash-bilinear",
            input_size=224,
            dimensions=512,
            weights_sha256="w",
            sha256=model,
        ),
        index=IndexSpec(
            metric="angular",
            dimensions=128,
            trees=10,
            seed=1,
            items=items,
            search_k=1000,
            candidates=50,
            recall_at_10=0.995,
            model_sha256=model,
        ),
        thresholds=Thresholds(
            inliers=12,
            covered=0.2,
            gap=12.0,
            same_image=0.8,
            similar=0.6,
            margins=0.0,
            false_accepts=0.01,
            missed=0.02,
            false_similar=0.1,
            fitted_on=9,
            measured_on=9,
            changed=0,
        ),
        parity=None,
        languages={"title": "en"},
        probes=(),
        files=files,
    )
    return identify(replace(whole, **changed))


def write_bundle(
    path: Path, records: list[WrittenRecord], *, model: bytes = b"model", **changed: Any
) -> Path:
    path.mkdir(parents=True)
    (path / layout.MODEL).write_bytes(model)
    (path / layout.DETAIL_PLACES).parent.mkdir()
    for name in (layout.INDEX, layout.PROJECTION, layout.FINGERPRINTS, *layout.DETAILS):
        (path / name).write_bytes(b"x" * len(records))
    write_records(path / layout.RECORDS, records)
    (path / layout.MANIFEST).write_text(
        dump(manifest(path, len(records), **changed)), encoding="utf-8"
    )
    return path


@contextmanager
def opened_pair(old: Path, new: Path) -> Iterator[tuple[OpenedBundle, OpenedBundle]]:
    with opened(old) as one, opened(new) as other:
        yield one, other


THREE = [WrittenRecord(record_id="a"), WrittenRecord(record_id="b"), WrittenRecord(record_id="c")]


def test_a_bundle_has_no_changes_from_itself(tmp_path: Path) -> None:
    path = write_bundle(tmp_path / "one", THREE)

    with opened_pair(path, path) as (old, new):
        found = compare(old, new)

    assert found.is_empty
    assert found.kept == 3
    assert "no change in 3 records" in describe(found)


def test_added_and_removed_records_are_listed_and_renumbered_ones_are_not(tmp_path: Path) -> None:
    before = write_bundle(tmp_path / "old", THREE)
    after = write_bundle(
        tmp_path / "new", [WrittenRecord(record_id="aa"), *THREE[1:]]
    )  # b and c stand in other rows

    with opened_pair(before, after) as (old, new):
        found = compare(old, new)

    assert found.added == ("aa",)
    assert found.removed == ("a",)
    assert found.altered == ()
    assert found.changes == ()
    assert found.kept == 2
    assert "records: 1 added, 1 removed, 0 altered, 2 the same" in describe(found)
    assert "  + aa\n  - a\n" in describe(found)


def test_an_altered_record_is_listed_with_its_changed_fields(tmp_path: Path) -> None:
    before = write_bundle(
        tmp_path / "old",
        [
            *THREE,
            WrittenRecord(record_id="d"),
            WrittenRecord(record_id="e", relations=(("Part of", "a"),)),
        ],
    )
    after = write_bundle(
        tmp_path / "new",
        [
            WrittenRecord(record_id="a", title="Another", technique=None),
            WrittenRecord(record_id="b", image="1"),
            WrittenRecord(record_id="c", relations=(("State of", "a"),)),
            WrittenRecord(record_id="d"),
            WrittenRecord(record_id="e", relations=(("Part of", "a"),)),
        ],
    )

    with opened_pair(before, after) as (old, new):
        found = compare(old, new)

    assert found.altered == (
        Alteration(record_id="a", fields=("title", "technique")),
        Alteration(record_id="b", fields=("image",)),
        Alteration(record_id="c", fields=("relations",)),
    )
    assert found.kept == 2
    assert "  ~ a: title, technique\n  ~ b: image\n  ~ c: relations\n" in describe(found)


def test_a_record_is_not_altered_when_its_related_work_is_added(tmp_path: Path) -> None:
    record = WrittenRecord(record_id="b", relations=(("Part of", "z"),))
    before = write_bundle(tmp_path / "old", [record])
    after = write_bundle(tmp_path / "new", [record, WrittenRecord(record_id="z")])

    with opened_pair(before, after) as (old, new):
        found = compare(old, new)

    assert found.altered == ()
    assert found.added == ("z",)


def test_changes_of_name_index_thresholds_and_languages_are_listed(tmp_path: Path) -> None:
    before = write_bundle(tmp_path / "old", THREE)
    spec = manifest(before, 3)  # of the bundle as written
    after = write_bundle(
        tmp_path / "new",
        THREE,
        name="New prints",
        languages={"title": "en", "note": "de"},
        index=replace(spec.index, search_k=2000),
        thresholds=replace(spec.thresholds, same_image=0.75),
        model=b"model",
    )

    with opened_pair(before, after) as (old, new):
        found = compare(old, new)

    assert found.changes == (
        Change(name="name", old="Prints", new="New prints"),
        Change(name="index.search_k", old="1000", new="2000"),
        Change(name="thresholds.same_image", old="0.8", new="0.75"),
        Change(name="languages.note", old="None", new="de"),
    )
    assert "index.search_k: 1000 -> 2000" in describe(found)


def test_another_model_is_listed_by_its_hash(tmp_path: Path) -> None:
    before = write_bundle(tmp_path / "old", THREE)
    after = write_bundle(tmp_path / "new", THREE, model=b"other model")

    with opened_pair(before, after) as (old, new):
        names = [change.name for change in compare(old, new).changes]

    assert names == ["model.sha256", "index.model_sha256"]


def test_a_long_list_is_cut_and_the_rest_counted(tmp_path: Path) -> None:
    before = write_bundle(tmp_path / "old", THREE)
    after = write_bundle(
        tmp_path / "new", [*THREE, *(WrittenRecord(record_id=f"n{n:03}") for n in range(50))]
    )

    with opened_pair(before, after) as (old, new):
        words = describe(compare(old, new))

    assert "records: 50 added" in words
    assert words.count("  + n0") == 20
    assert "  + and 30 more\n" in words


IDS = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["One", "Two"]), max_size=8)


@settings(deadline=None, max_examples=25)
@given(IDS, IDS)
def test_every_record_is_in_one_list_and_the_reverse_comparison_mirrors_it(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, str], second: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("pair")
    paths = [
        write_bundle(
            folder / name,
            [WrittenRecord(record_id=key, title=title) for key, title in held.items()],
        )
        for name, held in (("first", first), ("second", second))
    ]

    with opened_pair(paths[0], paths[1]) as (old, new):
        forward, reverse = compare(old, new), compare(new, old)

    assert set(forward.added) == second.keys() - first.keys()
    assert set(forward.removed) == first.keys() - second.keys()
    assert {one.record_id for one in forward.altered} == {
        key for key in first.keys() & second.keys() if first[key] != second[key]
    }
    assert forward.kept + len(forward.altered) == len(first.keys() & second.keys())
    assert (reverse.added, reverse.removed, reverse.altered) == (
        forward.removed,
        forward.added,
        forward.altered,
    )
