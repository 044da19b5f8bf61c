"""An export is read from an address by the same code as from a file, whatever its format."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from exported_collection import item_ids, refusal_reasons, write_picture
from exported_formats import FORMATS, PICTURES, write_csv, write_iiif
from iiif_server import IiifServer, running

from converter.cache import Cache
from converter.errors import CollectionError
from converter.ingest import collection
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.fetch.limits import FetchLimits
from converter.ingest.start.command import start


@pytest.fixture
def server(tmp_path: Path) -> Iterator[IiifServer]:
    """A server with a folder of pictures next to where a table goes."""
    with running() as one:
        one.folder = tmp_path / "web"
        for number, name in enumerate(PICTURES):
            write_picture(one.folder / "data" / name, number)
        yield one


def fetcher_in(tmp_path: Path, **options: Any) -> Fetcher:
    limits = FetchLimits(interval_s=0, timeout_s=2)
    cache = Cache(root=tmp_path / "cache")
    return Fetcher(cache, limits=limits, **{"allows_private": True, **options})


@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS.keys())
def test_a_table_is_read_from_its_address_and_asked_for_once(
    server: IiifServer, tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "web" / "data" / "works")
    address = f"{server.address}/data/works"

    started = start(address, folder=tmp_path / "desk", fetcher=fetcher_in(tmp_path))
    found = collection.read(tmp_path / "desk", fetcher=fetcher_in(tmp_path))
    alone = collection.read(address, fetcher=fetcher_in(tmp_path))

    assert f'source = "{address}"' in started.path.read_text("utf-8")
    assert item_ids(found) == item_ids(alone) == ["a-1", "a-2"]
    assert (found.name, alone.name) == ("desk", "works")
    assert [item.title for item in found.items] == ["Print 1", "Print 2"]
    assert sorted(server.asked.values()) == [1, 1, 1]  # table, two pictures
    assert found.warnings[0].startswith("the table was fetched at ")


def test_a_collection_by_address_may_name_what_its_pictures_lie_in(
    server: IiifServer, tmp_path: Path
) -> None:
    (tmp_path / "web" / "works.csv").write_text("id,title\n1,A\n", "utf-8")
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "collection.toml").write_text(
        f'[collection]\nsource = "{server.address}/works.csv"\n'
        'images = "data/scans"\nimage_names = "{record_id}.png"\n',
        "utf-8",
    )

    found = collection.read(desk, fetcher=fetcher_in(tmp_path))

    assert item_ids(found) == ["1"]
    assert server.asked["/data/scans/1.png"] == 1


@pytest.mark.parametrize("name", ["scans/2 b.png", "scans\\2 b.png", "scans/2%20b.png"])
def test_a_name_means_a_file_on_the_server_however_it_is_written(
    server: IiifServer, tmp_path: Path, name: str
) -> None:
    (tmp_path / "web" / "data" / "works.csv").write_text(f"id,title,image\n1,A,{name}\n", "utf-8")

    found = collection.read(f"{server.address}/data/works.csv", fetcher=fetcher_in(tmp_path))

    assert item_ids(found) == ["1"]


def test_a_pattern_of_any_ending_asks_no_server(server: IiifServer, tmp_path: Path) -> None:
    (tmp_path / "web" / "works.csv").write_text("id,title\n1,A\n2,B\n", "utf-8")
    desk = tmp_path / "desk"
    started = start(f"{server.address}/works.csv", folder=desk, fetcher=fetcher_in(tmp_path))
    assert '# image_names = "{record_id}.jpg"' in started.path.read_text("utf-8")
    write_picture(desk / "2.png", 2)
    source = f'[collection]\nsource = "{server.address}/works.csv"\n'
    started.path.write_text(f'{source}image_names = "{{record_id}}.*"\n', "utf-8")

    found = collection.read(desk, fetcher=fetcher_in(tmp_path))

    assert item_ids(found) == ["2"]
    assert [refusal.record_id for refusal in found.findings.without_picture] == ["1"]
    assert list(server.asked) == ["/works.csv"]


def test_a_picture_in_the_folder_comes_before_that_of_the_server(
    server: IiifServer, tmp_path: Path
) -> None:
    write_csv(tmp_path / "web" / "data" / "works.csv")
    desk = tmp_path / "desk"
    start(f"{server.address}/data/works.csv", folder=desk, fetcher=fetcher_in(tmp_path))
    write_picture(desk / "scans" / "1.PNG", 9, (30, 20))  # in other capitals

    found = collection.read(desk, fetcher=fetcher_in(tmp_path))

    assert [item.width for item in found.items] == [30, 12]
    assert "/data/scans/1.png" not in server.asked


@pytest.mark.parametrize(
    "name", ["../secret.png", "/scans/1.png", "C:\\scans\\1.png", "//evil/1.png"]
)
def test_a_name_that_leads_elsewhere_is_no_address(
    server: IiifServer, tmp_path: Path, name: str
) -> None:
    (tmp_path / "web" / "works.csv").write_text(f"id,title,image\n1,A,{name}\n", "utf-8")

    found = collection.read(f"{server.address}/works.csv", fetcher=fetcher_in(tmp_path))

    assert "without a folder" in refusal_reasons(found)["1"]
    assert list(server.asked) == ["/works.csv"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, "HTTP status 404"),
        (b"<html><body>Sign in</body></html>", "found HTML"),
        (b"id,title\n1,M\xfcller\n", "line 2: expected text in utf-8"),
        (b"PK\x03\x04" + bytes(50), "is damaged or ends early"),
        (b'{"a": ', "works"),
        (b'<lido:lidoWrap xmlns:lido="http://www.lido-schema.org"><lido:lido>', "works"),
    ],
    ids=["none", "page", "encoding", "archive", "json", "lido"],
)
def test_a_table_that_cannot_be_read_is_named_by_its_address(
    server: IiifServer, tmp_path: Path, data: bytes | None, expected: str
) -> None:
    if data is not None:
        (tmp_path / "web" / "works").write_bytes(data)

    with pytest.raises(CollectionError, match=expected) as caught:
        collection.read(f"{server.address}/works", fetcher=fetcher_in(tmp_path))

    assert str(caught.value).startswith(f"{server.address}/works: ")
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_columns_that_are_not_known_lead_to_a_folder(server: IiifServer, tmp_path: Path) -> None:
    (tmp_path / "web" / "works.csv").write_text("number,name\n1,Mill\n", "utf-8")
    address = f"{server.address}/works.csv"
    columns = tmp_path / "collection.toml"
    columns.write_text('[columns]\nrecord_id = "number"\n', "utf-8")

    with pytest.raises(CollectionError, match=r"run printkiosk-convert start http.* --out FOLDER"):
        collection.read(address, fetcher=fetcher_in(tmp_path))
    with pytest.raises(CollectionError, match=r"in collection\.toml") as caught:
        collection.read(address, columns=columns, fetcher=fetcher_in(tmp_path))
    assert "--out FOLDER" not in str(caught.value)


def test_a_private_server_is_asked_only_when_allowed(server: IiifServer, tmp_path: Path) -> None:
    fetcher = fetcher_in(tmp_path, allows_private=False)

    with pytest.raises(CollectionError, match="add --allow-private"):
        collection.read(f"{server.address}/works.csv", fetcher=fetcher)
    with pytest.raises(CollectionError, match="isn't fetched here"):
        collection.read(f"{server.address}/works.csv")
    assert not server.asked


def test_manifests_that_a_file_names_by_address_are_fetched(
    server: IiifServer, tmp_path: Path
) -> None:
    write_iiif(tmp_path / "web" / "data" / "all.json")
    document = json.loads((tmp_path / "web" / "data" / "all.json").read_text("utf-8"))
    for number, manifest in enumerate(document["items"]):
        server.documents[f"/data/{number}/manifest"] = manifest | {"id": f"m/{number}"}
        for canvas in manifest["items"]:
            picture = canvas["items"][0]["items"][0]["body"]
            picture["id"] = f"{server.address}/data/{picture['id']}"
    document["items"] = [
        {"id": f"{server.address}/data/{number}/manifest", "type": "Manifest"} for number in (0, 1)
    ]
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "all.json").write_text(json.dumps(document), "utf-8")

    for source in (folder, folder / "all.json"):
        assert item_ids(collection.read(source, fetcher=fetcher_in(tmp_path))) == ["0", "1"]


def test_a_folder_that_stands_for_an_address_can_be_started_again(
    server: IiifServer, tmp_path: Path
) -> None:
    write_csv(tmp_path / "web" / "data" / "works.csv")
    desk = tmp_path / "desk"
    first = start(f"{server.address}/data/works.csv", folder=desk, fetcher=fetcher_in(tmp_path))
    text = first.path.read_text("utf-8")

    start(desk, overwrites=True, fetcher=fetcher_in(tmp_path))

    assert first.path.read_text("utf-8") == text
    first.path.write_text("[collection", "utf-8")
    write_csv(desk / "metadata.csv")
    assert "source" not in start(desk, overwrites=True).path.read_text("utf-8")


def test_start_needs_a_folder_for_an_address_alone(server: IiifServer, tmp_path: Path) -> None:
    write_csv(tmp_path / "works.csv")

    with pytest.raises(CollectionError, match="add --out FOLDER"):
        start(f"{server.address}/works.csv", fetcher=fetcher_in(tmp_path))
    with pytest.raises(CollectionError, match="leave --out away"):
        start(tmp_path / "works.csv", folder=tmp_path / "desk")
    assert not server.asked
    assert not (tmp_path / "desk").exists()
