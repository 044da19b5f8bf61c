"""Manifests are read from files and addresses, and hostile ones end in one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from iiif_server import running

from converter.cache import Cache
from converter.errors import CollectionError
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.fetch.limits import FetchLimits
from converter.ingest.readers.iiif import works as iiif
from converter.ingest.table import LIST_SEPARATOR

CASES = Path(__file__).parents[6] / "shared/cases"
CONTEXT = "http://iiif.io/api/presentation/3/context.json"


def manifest(name: str, *pictures: str, **fields: Any) -> dict[str, Any]:
    """Return a manifest of version 3 with a canvas for each picture."""
    canvases = [
        {
            "type": "Canvas",
            "items": [
                {"items": [{"motivation": "painting", "body": {"id": picture, "type": "Image"}}]}
            ],
        }
        for picture in pictures
    ]
    return {
        "@context": CONTEXT,
        "id": name,
        "type": "Manifest",
        "label": {"en": ["Title"]},
        "items": canvases,
        **fields,
    }


def collection_of(*entries: tuple[str, str]) -> dict[str, Any]:
    """Return a collection that names manifests or collections."""
    items = [{"id": name, "type": kind} for name, kind in entries]
    return {"@context": CONTEXT, "id": "all", "type": "Collection", "items": items}


def write(folder: Path, **documents: Any) -> Path:
    """Write documents as files, and return the first one's path."""
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")
    return folder / f"{next(iter(documents))}.json"


def read_rows(
    source: Path | str, fetcher: Fetcher | None = None
) -> list[tuple[dict[str, str], str]]:
    """Return the filled cells and the fault of each row."""
    table = iiif.read(source, fetcher=fetcher)
    return [
        ({key: cell for key, cell in zip(table.header, row.cells, strict=True) if cell}, row.fault)
        for row in table.rows()
    ]


def test_nested_collections_are_walked_once_each(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        all=collection_of(("inner.json", "Collection"), ("a.json", "Manifest")),
        inner=collection_of(
            ("b.json", "Manifest"), ("all.json", "Collection"), ("a.json", "Manifest")
        ),
        a=manifest("https://example.org/a/manifest.json", "a.jpg"),
        b=manifest("https://example.org/b/manifest", "b1.jpg", "b2.jpg"),
    )
    assert read_rows(path) == [
        ({"record_id": "b", "title": "Title", "image": f"b1.jpg{LIST_SEPARATOR}b2.jpg"}, ""),
        ({"record_id": "a", "title": "Title", "image": "a.jpg"}, ""),
    ]
    folder = iiif.read(tmp_path)
    assert folder.count == 2


def test_manifests_that_share_a_short_id_have_their_address_as_id(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path, **{name: manifest(f"https://example.org/{name}/1")})
    found = [cells["record_id"] for cells, _ in read_rows(tmp_path)]
    assert found == ["example.org/a/1", "example.org/b/1"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("../secret.json", "next to the collection"),
        ("file:///etc/passwd", "next to the collection"),
        ("https://example.org/m", "isn't fetched"),
        ("none.json", "can be read"),
        ("list.json", "found list"),
        ("cut.json", "expected JSON"),
        ("many.json", "found 100,000"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_a_row_with_a_fault(
    tmp_path: Path, entry: str, expected: str
) -> None:
    path = write(
        tmp_path,
        all=collection_of((entry, "Manifest"), ("a.json", "Manifest")),
        a=manifest("a", "a.jpg"),
        list=[],
        many={**manifest("many"), "items": [{"type": "Canvas"}] * 100_000},
    )
    (tmp_path / "cut.json").write_text('{"id": ', "utf-8")
    (_, fault), (cells, good) = read_rows(path)
    assert expected in fault
    assert "\n" not in fault
    assert (cells["record_id"], good) == ("a", "")


@pytest.mark.parametrize("text", ["[]", "{}", "{", '{"type": "Canvas"}', "[" * 100_000])
def test_what_is_no_iiif_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, "utf-8")
    with pytest.raises(CollectionError) as caught:
        iiif.read(path)
    assert "a.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(500 << 20)
    with pytest.raises(CollectionError, match="found 500 MB"):
        iiif.read(path)


def test_a_collection_is_read_from_a_server(tmp_path: Path) -> None:
    with running() as server:
        service = {"id": f"{server.address}/i", "type": "ImageService3", "profile": "level2"}
        one = manifest(f"{server.address}/1/manifest", "x")
        one["items"][0]["items"][0]["items"][0]["body"]["service"] = [service]
        server.documents = {
            "/all": collection_of(("/1/manifest", "Manifest"), ("/lost", "Manifest")),
            "/1/manifest": one,
            "/i/info.json": {"width": 3000, "height": 2000, "profile": "level2"},
        }
        limits = FetchLimits(interval_s=0, timeout_s=2)
        fetcher = Fetcher(Cache(root=tmp_path), allows_private=True, limits=limits)
        (cells, _), (lost, fault) = read_rows(f"{server.address}/all", fetcher)
        assert cells["image"] == f"{server.address}/i/full/1600,/0/default.jpg"
        assert fetcher.picture(cells["image"]).exists()
    assert lost == {"record_id": "lost"}
    assert "HTTP status 404" in fault


def paged(*manifests: str, following: str | None = None) -> dict[str, Any]:
    """Return a page of a collection of version 2."""
    listed = [{"@id": name, "@type": "sc:Manifest"} for name in manifests]
    page = {"@type": "sc:Collection", "manifests": listed}
    return page | ({"next": following} if following else {})


def test_the_pages_of_a_collection_are_read_to_the_last(tmp_path: Path) -> None:
    first = {"@id": "all", "@type": "sc:Collection", "first": {"@id": "page-1.json"}, "total": 3}
    path = write(
        tmp_path,
        **{
            "all": first,
            "page-1": paged("a.json", following="page-2.json"),
            "page-2": paged("b.json", "c.json", following="page-1.json"),  # in a circle
            **{name: manifest(f"https://example.org/{name}") for name in "abc"},
        },
    )

    assert [cells["record_id"] for cells, _ in read_rows(path)] == ["a", "b", "c"]


def test_a_page_that_cannot_be_read_is_a_row_with_a_fault(tmp_path: Path) -> None:
    with running() as server:
        server.documents = {
            "/all": {"@id": "all", "@type": "sc:Collection", "first": "/all?page=1"},
            "/all?page=1": paged("/1/manifest", following="?page=2"),
            "/1/manifest": manifest("https://example.org/1/manifest"),
        }
        limits = FetchLimits(interval_s=0, timeout_s=2)
        fetcher = Fetcher(Cache(root=tmp_path), allows_private=True, limits=limits)
        (cells, fault), (lost, why) = read_rows(f"{server.address}/all", fetcher)

    assert (cells["record_id"], fault) == ("1", "")
    assert "HTTP status 404" in why
    assert lost["record_id"] == "all"


@pytest.mark.parametrize("form", ["800,", "800,600"])
def test_the_files_of_a_static_image_server_are_found_by_asking_for_one(
    tmp_path: Path, form: str
) -> None:
    other = {"800,": "800,600", "800,600": "800,"}[form]
    with running() as server:
        manifests = []
        for number in range(3):
            service = {"@id": f"{server.address}/{number}", "profile": "level0"}
            one = manifest(f"https://example.org/{number}", "x")
            one["items"][0]["items"][0]["items"][0]["body"]["service"] = [
                service | {"@context": "http://iiif.io/api/image/2/context.json"}
            ]
            server.documents[f"/{number}/info.json"] = {
                "profile": ["http://iiif.io/api/image/2/level0.json"],
                "sizes": [{"width": 800, "height": 600}],
            }
            server.failures[f"/{number}/full/{other}/0/default.jpg"] = [(404, {})]
            manifests.append(one)
        document = {"@context": CONTEXT, "id": "all", "type": "Collection", "items": manifests}
        limits = FetchLimits(interval_s=0, timeout_s=2)
        fetcher = Fetcher(Cache(root=tmp_path / "cache"), allows_private=True, limits=limits)

        found = read_rows(write(tmp_path, all=document), fetcher)

    assert [cells["image"].partition("/full/")[2] for cells, _ in found] == [
        f"{form}/0/default.jpg"
    ] * 3
    pictures = {path: count for path, count in server.asked.items() if "/full/" in path}
    assert pictures == dict.fromkeys([f"/0/full/{one}/0/default.jpg" for one in {"800,", form}], 1)
    assert list(fetcher.notes()) == []


def test_a_file_that_is_too_large_is_named_in_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, all=collection_of(("big.json", "Manifest"), ("a.json", "Manifest")))
    write(tmp_path, a=manifest("a", "a.jpg"))
    with (tmp_path / "big.json").open("wb") as file:
        file.truncate(20 << 20)

    (_, fault), _ = read_rows(path)

    assert fault == (
        "expected a IIIF file of at most 16 MB, found 20 MB; split it, or name a manifest for each work"
    )
    with pytest.raises(CollectionError) as caught:
        iiif.read(tmp_path / "big.json")
    assert str(caught.value) == f"{tmp_path / 'big.json'}: {fault}"


def test_iiif_is_recognised_by_its_start() -> None:
    assert iiif.looks_like(json.dumps(manifest("a")).encode())
    assert iiif.looks_like(b'{"@type": "sc:Manifest"}')
    assert not iiif.looks_like(b'[{"id": 1, "link": "http://iiif.io/api/presentation/3"}]')


@pytest.mark.skipif(not CASES.is_dir(), reason="needs the cases of ../shared")
def test_the_cases_are_read_as_a_curator_would_have_them() -> None:
    keys = ("record_id", "makers", "title", "title_de", "image")
    found = [
        tuple(cells[key] for key in keys)
        for case in ("iiif/collection.json", "iiif2/manifest.json")
        for cells, _ in read_rows(CASES / "museums" / case)
    ]
    maker = "Anton Beispiel"
    assert found == [
        ("1", maker, "The Mill, plate 1", "Die Mühle, Tafel 1", "1.jpg"),
        ("2", maker, "The Mill, plate 2", "Die Mühle, Tafel 2", f"2.jpg{LIST_SEPARATOR}9.jpg"),
        ("3", maker, "The Mill, plate 3", "Die Mühle, Tafel 3", "3.jpg"),
        ("m", maker, "Ship in a storm", "Schiff im Sturm", "3.jpg"),
    ]
