"""Pictures are read back as written, from any thread; a missing one is refused."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.build import bundle_writer
from converter.ingest.collection import Item
from converter.ingest.picture_files import PictureFile
from device.bundle import layout
from device.bundle.pictures import SIDES, Pictures, Size, member, shard_of
from device.bundle.reader import OpenedBundle
from device.errors import BundleDamagedError, UnknownRecordError
from device.imaging import decoding

VERSO = PictureFile(path=Path("verso.png"), sha256="0" * 64, width=2, height=3)
IDS = ("plain", "with space", "a/b", "../../etc", "Ä\u0308é", "1001 & <b>", "%2F", "צ")


@pytest.fixture
def shards(tmp_path: Path, small_items: tuple[Item, ...], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four shards with the pictures of eight records with difficult ids."""
    items = [
        replace(small_items[0], record_id=record_id, more_images=(VERSO,)) for record_id in IDS
    ]
    monkeypatch.setattr(bundle_writer, "SHARD_BYTES", 200)
    bundle_writer.write_pictures(items, content, tmp_path)
    return tmp_path


def content(item: Item, position: int, size: Size) -> bytes:
    """Return the bytes that stand for a picture in these tests."""
    return f"{size} {position} of {item.record_id}".encode()


def test_every_picture_is_read_back_from_its_shard(shards: Path) -> None:
    number = len(list((shards / layout.PICTURES).iterdir()))
    assert number == 4
    pictures = Pictures(shards, shards=number)

    for record_id in IDS:
        for size in SIDES:
            for position in (0, 1):
                found = pictures.get(record_id, size, position)
                assert found == f"{size} {position} of {record_id}".encode()
    pictures.close()


@pytest.mark.parametrize("position", [2, -1])
def test_a_picture_that_a_record_does_not_have_is_unknown(shards: Path, position: int) -> None:
    pictures = Pictures(shards, shards=4)

    with pytest.raises(UnknownRecordError, match="has no picture in this bundle"):
        pictures.get("plain", "thumb", position)
    pictures.close()


def test_a_missing_shard_is_named(shards: Path) -> None:
    (shards / layout.picture_shard(2)).unlink()

    with pytest.raises(BundleDamagedError, match=r"002\.zip: expected a shard of pictures"):
        Pictures(shards, shards=4)


@pytest.mark.parametrize("record_id", ["unknown", "", "\ud800", "plain\0", "../plain"])
def test_a_record_without_a_picture_is_unknown(shards: Path, record_id: str) -> None:
    pictures = Pictures(shards, shards=4)

    with pytest.raises(UnknownRecordError, match="has no picture in this bundle"):
        pictures.get(record_id, "thumb")
    pictures.close()


def test_a_bundle_without_shards_has_no_pictures(tmp_path: Path) -> None:
    with pytest.raises(UnknownRecordError):
        Pictures(tmp_path, shards=0).get("plain", "thumb")


def test_a_picture_damaged_after_the_bundle_was_opened_is_reported(shards: Path) -> None:
    path = shards / layout.picture_shard(shard_of("plain", 4))
    pictures = Pictures(shards, shards=4)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"thumb 0 of plain", b"thumb 0 of plane"))

    with pytest.raises(BundleDamagedError, match="can't be read"):
        pictures.get("plain", "thumb")
    pictures.close()


def test_pictures_of_a_closed_bundle_cannot_be_read(shards: Path) -> None:
    pictures = Pictures(shards, shards=4)
    pictures.close()

    with pytest.raises(BundleDamagedError, match="fetch"):
        pictures.get("plain", "thumb")


def test_many_threads_may_read_at_once(open_small: OpenedBundle) -> None:
    ids = [open_small.records.at(row).record_id for row in range(11)]
    alone = [open_small.pictures.get(record_id, "screen") for record_id in ids]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda i: open_small.pictures.get(i, "screen"), ids * 20))

    assert together == alone * 20


def test_real_pictures_have_the_two_sizes(open_small: OpenedBundle) -> None:
    for size, side in SIDES.items():
        data = open_small.pictures.get(open_small.records.at(0).record_id, size)

        assert max(decoding.decode(data, name="it").shape[:2]) <= side


def test_a_picture_that_may_not_be_shown_is_not_in_the_bundle(open_small: OpenedBundle) -> None:
    hidden = open_small.records.at(11)
    assert not hidden.show_picture

    with pytest.raises(UnknownRecordError):
        open_small.pictures.get(hidden.record_id, "thumb")


@given(st.text(st.characters(codec="utf-8")), st.integers(1, 64))
def test_any_id_has_one_shard_and_one_safe_name(record_id: str, shards: int) -> None:
    name = member(record_id, "thumb")

    assert 0 <= shard_of(record_id, shards) < shards
    assert name.count("/") == 1
    assert unquote(name.removeprefix("thumb/").removesuffix(".webp")) == record_id


def test_a_picture_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / layout.PICTURES).mkdir()
    with zipfile.ZipFile(
        tmp_path / layout.picture_shard(0), "w", compression=zipfile.ZIP_DEFLATED
    ) as shard:
        shard.writestr(member("bomb", "thumb"), bytes(64 << 20))
    pictures = Pictures(tmp_path, shards=1)

    with pytest.raises(BundleDamagedError, match="uncompressed picture"):
        pictures.get("bomb", "thumb")
    pictures.close()
