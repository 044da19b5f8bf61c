"""The files of a bundle are read back unchanged by the kiosk and open in other tools."""

import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.build import bundle_writer
from converter.ingest.item import Item, RelationText
from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.pictures import Pictures, Size, member
from device.bundle.records import Records

# What SQLite and CSV can hold: no lone surrogates, no NUL.
_WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


def _item(record_id: str, **changes: object) -> Item:
    values: dict[str, object] = {
        "record_id": record_id,
        "title": f"Title of {record_id}",
        "makers": None,
        "date_text": None,
        "year_min": None,
        "year_max": None,
        "classification": None,
        "technique": None,
        "institution": None,
        "inventory_number": None,
        "rights": None,
        "credit": None,
        "source_url": None,
        "note": None,
        "relations": (),
        "terms": {},
        "image_path": "none.jpg",
        "image_sha256": "0" * 64,
        "width": 3,
        "height": 4,
        "show_picture": True,
    }
    return Item(**(values | changes))  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(
    title=_WORDS,
    makers=st.none() | _WORDS,
    note=st.none() | _WORDS,
    year=st.none() | st.integers(1, 2000),
)
def test_a_record_is_read_back_as_it_was_written(
    title: str, makers: str | None, note: str | None, year: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.sqlite"
        item = _item("a", title=title, makers=makers, note=note, year_min=year, year_max=year)

        bundle_writer.write_records([item], {"title": "de"}, path)
        with closing(Records(path)) as records:
            record = records.get("a")

        assert (record.title, record.makers, record.note) == (title, makers, note)
        assert (record.year_min, record.year_max) == (year, year)


def test_a_relation_names_the_other_record_if_it_is_in_the_bundle(tmp_path: Path) -> None:
    items = [
        _item("a", relations=(RelationText(kind="State of", target="b"),)),
        _item("b", relations=(RelationText(kind="Part of", target="A series"),)),
    ]

    bundle_writer.write_records(items, {}, tmp_path / "records.sqlite")
    with closing(Records(tmp_path / "records.sqlite")) as records:
        of_a, of_b = records.get("a").relations, records.get("b").relations

    assert [r.record_id for r in of_a] == ["b"]
    assert [(r.target, r.record_id) for r in of_b] == [("A series", None)]


def test_words_are_found_without_their_accents(tmp_path: Path) -> None:
    items = [_item("a", title="Die Flöte"), _item("b", title="Das Horn")]

    bundle_writer.write_records(items, {}, tmp_path / "records.sqlite")

    with closing(Records(tmp_path / "records.sqlite")) as records:
        assert records.items_passing(Filters(words="flote")) == (0,)


def test_the_records_file_opens_in_other_tools(tmp_path: Path) -> None:
    """Datasette opens what sqlite-utils opens: tables, foreign keys and the full-text index."""
    path = tmp_path / "records.sqlite"
    bundle_writer.write_records([_item("a", terms={"technique": ("etching",)})], {}, path)

    with closing(sqlite3.connect(path)) as connection:
        database = sqlite_utils.Database(connection)

        assert database["records"].detect_fts() == "records_fts"
        assert [key.other_table for key in database["terms"].foreign_keys] == ["records"]
        assert not list(tmp_path.glob("*-wal")), "the kiosk ignores a write-ahead log"
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    items = [_item(str(number), terms={"technique": ("b", "a")}) for number in range(50)]

    for name in ("one", "other"):
        bundle_writer.write_records(items, {"title": "en"}, tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_picture_that_may_not_be_shown_is_not_in_the_bundle(tmp_path: Path) -> None:
    items = [_item("open"), _item("closed", show_picture=False)]

    bundle_writer.write_pictures(items, lambda item, position, size: b"webp", tmp_path)

    with zipfile.ZipFile(tmp_path / layout.picture_shard(0)) as shard:
        assert sorted(shard.namelist()) == [member("open", "screen"), member("open", "thumb")]


def test_many_pictures_are_spread_over_shards_of_limited_size(tmp_path: Path) -> None:
    items = [_item(f"print {number}") for number in range(60)]
    large_data = b"x" * (4 << 20)

    def picture(item: Item, position: int, size: Size) -> bytes:
        return large_data if size == "screen" else item.record_id.encode()

    bundle_writer.write_pictures(items, picture, tmp_path)
    shards = sorted((tmp_path / layout.PICTURES).iterdir())

    assert len(shards) == 4
    assert max(path.stat().st_size for path in shards) < 2 * bundle_writer.SHARD_BYTES
    pictures = Pictures(tmp_path, shards=4)
    assert all(pictures.get(i.record_id, "thumb") == i.record_id.encode() for i in items)
