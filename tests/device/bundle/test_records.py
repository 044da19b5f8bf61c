"""Records are returned as written; a damaged or foreign records file is refused."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from record_files import item, records_of

from converter.build import bundle_writer
from converter.ingest.collection import Item, RelationText
from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.reader import OpenedBundle
from device.bundle.records import Record, Records
from device.errors import BundleDamagedError, UnknownRecordError

TEXTS = [
    "<script>alert('x')</script>",
    "Der Schmerzensmann — «Ecce homo»",
    "הדפס בחיתוך עץ",
    "طباعة \u202eخشبية\u202c",
    "浮世絵 🎨",
    "a\u0301 combining, \u00a0 nbsp",
    "line one\nline two\ttab",
    "'; DROP TABLE records; --",
    '"quoted" \\ back',
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_returned_as_the_museum_wrote_it(text: str, tmp_path: Path) -> None:
    fields = ("title", "makers", "date_text", "technique", "credit", "note", "rights")
    told = item(
        text,
        **dict.fromkeys(fields, text),
        relations=(RelationText(kind=text, target=text),),
    )
    with records_of([told], tmp_path) as records:
        record = records.get(text)

    assert [getattr(record, name) for name in fields] == [text] * len(fields)
    assert (record.relations[0].kind, record.relations[0].target) == (text, text)
    assert record.relations[0].record_id == text  # it names itself


def test_relations_keep_their_order_and_lead_to_records_of_the_bundle(tmp_path: Path) -> None:
    told = (
        RelationText(kind="State of", target="b"),
        RelationText(kind="Part of", target="A book"),
        RelationText(kind="Copy after", target="a"),
    )
    with records_of([item("a", relations=told), item("b")], tmp_path) as records:
        relations = records.get("a").relations

    assert [(r.kind, r.target, r.record_id) for r in relations] == [
        ("State of", "b", "b"),
        ("Part of", "A book", None),
        ("Copy after", "a", "a"),
    ]


def test_the_records_of_a_bundle_match_its_collection(
    open_small: OpenedBundle, small_items: tuple[Item, ...]
) -> None:
    for row, told in enumerate(small_items):
        record = open_small.records.at(row)

        assert record == open_small.records.get(told.record_id)
        for name in set(Record.__dataclass_fields__) - {"item", "relations", "more_pictures"}:
            assert getattr(record, name) == getattr(told, name), name


@pytest.mark.parametrize("record_id", ["", "unknown", "\ud800", "a\0", "' OR 1=1 --", "?"])
def test_an_unknown_id_is_named(record_id: str, tmp_path: Path) -> None:
    with (
        records_of([item("a"), item("b?")], tmp_path) as records,
        pytest.raises(UnknownRecordError, match="is not in this collection"),
    ):
        records.get(record_id)


def test_an_item_beyond_the_collection_is_unknown(tmp_path: Path) -> None:
    with (
        records_of([item()], tmp_path) as records,
        pytest.raises(UnknownRecordError, match="item 1 is not in this collection of 1"),
    ):
        records.at(1)


def test_many_threads_may_read_at_once(open_small: OpenedBundle) -> None:
    records = open_small.records
    asks: list[Callable[[], object]] = [
        lambda: records.at(3),
        lambda: records.options(Filters(words="the")),
        lambda: records.items_passing(Filters(words="the")),
        lambda: len(records),
    ]
    alone = [ask() for ask in asks]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda ask: ask(), asks * 50))

    assert together == alone * 50


def test_a_read_only_folder_is_enough_and_stays_unchanged(
    small_bundle: Path, tmp_path: Path
) -> None:
    path = tmp_path / layout.RECORDS
    path.write_bytes((small_bundle / layout.RECORDS).read_bytes())
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with closing(Records(path)) as records:
            assert len(records) == 12
            assert records.options(Filters()).remaining == 12
        assert list(tmp_path.iterdir()) == [path]
    finally:
        tmp_path.chmod(0o755)


def database(path: Path, sql: str) -> Path:
    """Create an SQLite file with these statements and return its path."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE other (a)",
        "CREATE TABLE records (item)",
        "CREATE TABLE records (item); PRAGMA application_id = 1886547531",
    ],
)
def test_a_database_of_another_application_is_refused(sql: str, tmp_path: Path) -> None:
    path = database(tmp_path / "other.sqlite", sql)

    with pytest.raises(BundleDamagedError, match="expected a records file, found") as caught:
        Records(path)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + bytes(4000), b"no database"])
def test_a_file_that_is_no_database_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(content)

    with pytest.raises(BundleDamagedError, match="expected a records file"):
        Records(path)


def test_a_missing_file_is_refused_and_not_created(tmp_path: Path) -> None:
    with pytest.raises(BundleDamagedError):
        Records(tmp_path / "records.sqlite")

    assert not list(tmp_path.iterdir())


def test_closed_records_cannot_be_read(tmp_path: Path, small_bundle: Path) -> None:
    records = Records(small_bundle / layout.RECORDS)
    records.close()

    with pytest.raises(BundleDamagedError, match="closed"):
        records.at(0)


def test_items_must_be_consecutive_from_zero(tmp_path: Path) -> None:
    path = tmp_path / layout.RECORDS
    bundle_writer.write_records([item("a"), item("b")], {}, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE records SET item = 7 WHERE item = 1")
        connection.commit()

    with closing(Records(path)) as records:
        assert len(records) == 2
        assert not records.has_rows(2)
