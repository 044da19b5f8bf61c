"""A column of addresses is fetched together, and what is missing is one line."""

from pathlib import Path

from iiif_server import running

from converter.cache import Cache
from converter.ingest import collection
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.fetch.limits import FetchLimits


def test_a_column_of_addresses_is_fetched(tmp_path: Path) -> None:
    with running() as server:
        rows = [
            f'{number},Title,"{server.address}/{number}/full/{90 + number},/0/default.jpg"'
            for number in range(3)
        ]
        rows.append(f"9,Title,{server.address}/none.jpg")
        (tmp_path / "metadata.csv").write_text("\n".join(["record_id,title,image", *rows]), "utf-8")
        fetcher = Fetcher(
            Cache(root=tmp_path / "cache"),
            allows_private=True,
            limits=FetchLimits(interval_s=0, timeout_s=2),
        )
        found = collection.read(tmp_path, fetcher=fetcher)
    assert [item.record_id for item in found.items] == ["0", "1", "2"]
    assert [item.width for item in found.items] == [90, 91, 92]
    assert [refusal.record_id for refusal in found.refusals] == ["9"]
    assert found.warnings[0] == (
        "4 pictures by address, of 1 servers: 0 were in the cache, 3 were fetched, 1 are missing"
    )
    assert "HTTP status 404" in found.warnings[1]


def test_the_addresses_of_a_list_and_of_a_specified_column_are_fetched(tmp_path: Path) -> None:
    with running() as server:
        first, second = (f"{server.address}/{n}/full/{90 + n},/0/default.jpg" for n in range(2))
        (tmp_path / "metadata.csv").write_text(
            f'id,title,files\n1,A,"{first}|{second}"\n', encoding="utf-8"
        )
        (tmp_path / "collection.toml").write_text(
            '[columns]\nimage = {column = "files", split = "|"}', encoding="utf-8"
        )
        fetcher = Fetcher(
            Cache(root=tmp_path / "cache"),
            allows_private=True,
            limits=FetchLimits(interval_s=0, timeout_s=2),
        )
        found = collection.read(tmp_path, fetcher=fetcher)
    assert found.warnings[0] == (
        "2 pictures by address, of 1 servers: 0 were in the cache, 2 were fetched, 0 are missing"
    )
    assert len(found.items[0].more_images) == 1


def test_without_a_fetcher_an_address_is_refused(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text(
        "record_id,title,image\n1,A,https://example.org/a.jpg", "utf-8"
    )
    found = collection.read(tmp_path)
    assert "isn't fetched here" in found.refusals[0].reason
