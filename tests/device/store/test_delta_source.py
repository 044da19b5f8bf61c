"""Large files are assembled correctly from local and fetched chunks."""

import hashlib
import os
import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import publishing_desk
import pytest
from publishing_desk import PublishingDesk
from update_server import UpdateServer, serving

from converter.build import bundle_writer
from converter.publish.chunking import cut
from device.bundle import chunk_index, layout, repository_layout
from device.bundle.chunk_index import Chunk
from device.bundle.manifest import FileEntry, identify
from device.bundle.reader import read_manifest, verify
from device.errors import SourceError
from device.store.atomic_files import AtomicFiles
from device.store.delta_source import DeltaSource, LocalFile
from device.store.fetch import fetch
from device.store.source import BundleSource, FolderSource, HttpSource
from device.store.sync import sync

SIZE = 2 << 20


class Scene:
    """A repository with a new file and its old version, which the kiosk has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.old = random.Random(1).randbytes(SIZE)
        # A thousandth is changed at two places; some bytes are removed and others inserted.
        self.new = b"".join(
            (self.old[:500_000], os.urandom(900), self.old[500_700:1_500_000], self.old[1_500_900:])
        )
        self.part = folder / "part"
        self.old_file = LocalFile(path=folder / "old", entry=self.publish(self.old))
        self.old_file.path.write_bytes(self.old)
        self.entry = self.publish(self.new)

    def publish(self, data: bytes) -> FileEntry:
        """Write a file and its chunk index to the repository."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.folder / repository_layout.object_path(sha256)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        (self.folder / repository_layout.chunk_index_path(sha256)).write_bytes(
            chunk_index.dump(cut(path))
        )
        return FileEntry(path="pictures/000.zip", sha256=sha256, size_bytes=len(data))

    def index_path(self, entry: FileEntry) -> Path:
        """Return the path of a file's chunk index."""
        return self.folder / repository_layout.chunk_index_path(entry.sha256)

    def fetch(self, source: BundleSource) -> DeltaSource:
        """Fetch the new file and check its bytes."""
        delta = DeltaSource(source, [self.old_file], [self.entry])
        fetch(self.entry, delta, self.part, AtomicFiles())
        assert self.part.read_bytes() == self.new
        return delta


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """The two files, before anything is fetched."""
    return Scene(tmp_path)


@pytest.fixture
def server(scene: Scene) -> Iterator[UpdateServer]:
    """A web server of the repository."""
    with serving(scene.folder) as serves:
        yield serves


def test_only_the_missing_chunks_of_a_file_are_fetched(scene: Scene, server: UpdateServer) -> None:
    delta = scene.fetch(HttpSource(server.address))

    assert server.sent_bytes < SIZE // 8
    assert delta.reused_bytes > SIZE * 7 // 8
    assert delta.name == server.address


def test_chunks_are_reused_with_a_folder_source_too(scene: Scene) -> None:
    assert scene.fetch(FolderSource(scene.folder)).reused_bytes > SIZE * 7 // 8


@pytest.mark.parametrize("had", [1, 499_999, 700_000, SIZE - 1000])
def test_a_download_interrupted_within_a_chunk_resumes(
    scene: Scene, server: UpdateServer, had: int
) -> None:
    scene.part.write_bytes(scene.new[:had])

    scene.fetch(HttpSource(server.address))

    assert server.sent_bytes < SIZE // 4


@pytest.mark.parametrize("had", [0, 1000])
def test_a_server_without_ranges_sends_the_rest_in_one_response(
    scene: Scene, server: UpdateServer, had: int
) -> None:
    server.behaviour = "ignores ranges"
    scene.part.write_bytes(scene.new[:had])

    scene.fetch(HttpSource(server.address))

    assert server.sent_bytes < SIZE + 200_000
    assert sum(path.endswith(scene.entry.sha256) for path, _ in server.requests) == 1


def test_a_download_resumes_after_the_server_stops(scene: Scene, server: UpdateServer) -> None:
    delta = DeltaSource(HttpSource(server.address), [scene.old_file], [scene.entry])
    with delta.open(repository_layout.object_path(scene.entry.sha256)) as stream:
        server.behaviour = "cuts"
        with pytest.raises(SourceError):
            for chunk in stream.blocks:
                with scene.part.open("ab") as file:
                    file.write(chunk)
    assert scene.part.stat().st_size >= 490_000
    server.behaviour = "plain"

    scene.fetch(HttpSource(server.address))


def test_a_truncated_file_on_a_stick_is_reported(scene: Scene) -> None:
    path = scene.folder / repository_layout.object_path(scene.entry.sha256)
    path.write_bytes(scene.new[:500_100])

    with pytest.raises(SourceError, match="stopped after"):
        scene.fetch(FolderSource(scene.folder))


def test_a_damaged_local_chunk_is_fetched(scene: Scene, server: UpdateServer) -> None:
    scene.old_file.path.write_bytes(scene.old[:900_000] + bytes(70_000) + scene.old[970_000:])

    scene.fetch(HttpSource(server.address))

    assert server.sent_bytes < SIZE // 3


@pytest.mark.slow
def test_a_missing_local_file_is_fetched(scene: Scene, server: UpdateServer) -> None:
    scene.old_file.path.unlink()

    assert scene.fetch(HttpSource(server.address)).reused_bytes == 0


@pytest.mark.parametrize("which", ["old", "new"])
@pytest.mark.parametrize("data", [None, b"", b"<html>", b"printkiosk pieces 1\n", bytes(9 << 20)])
def test_a_file_without_a_valid_chunk_index_is_fetched_whole(
    scene: Scene, which: str, data: bytes | None
) -> None:
    path = scene.index_path(scene.entry if which == "new" else scene.old_file.entry)
    path.unlink()
    if data is not None:
        path.write_bytes(data)

    assert scene.fetch(FolderSource(scene.folder)).reused_bytes == 0


def test_a_false_chunk_index_only_costs_a_second_fetch(scene: Scene, server: UpdateServer) -> None:
    chunks = list(cut(scene.old_file.path))
    rest = len(scene.new) - sum(chunk.length for chunk in chunks[:-8])
    ends = [
        Chunk(chunk_index.MIN_CHUNK_BYTES, bytes(16))
        for _ in range(rest // chunk_index.MIN_CHUNK_BYTES)
    ]
    ends.append(Chunk(rest % chunk_index.MIN_CHUNK_BYTES or 1, bytes(16)))
    lie = [*chunks[:-8], *ends]
    scene.index_path(scene.entry).write_bytes(chunk_index.dump(lie))
    assert chunk_index.parse(scene.index_path(scene.entry).read_bytes(), len(scene.new))
    scene.part.write_bytes(
        scene.new[:1000]
    )  # an existing partial file is tried once more from the start

    delta = scene.fetch(HttpSource(server.address))

    assert delta.reused_bytes == 0


def test_no_chunk_index_is_requested_for_small_files(scene: Scene, server: UpdateServer) -> None:
    small = replace(scene.entry, size_bytes=chunk_index.MIN_FILE_BYTES - 1)
    delta = DeltaSource(HttpSource(server.address), [scene.old_file], [small])

    with delta.open(repository_layout.object_path(small.sha256)):
        pass

    assert not [path for path, _ in server.requests if path.endswith(".pieces")]


def shard_of(pictures: dict[str, bytes], path: Path) -> bytes:
    """Write a shard of pictures and return its bytes."""
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as shard:
        for name, data in pictures.items():
            shard.writestr(zipfile.ZipInfo(name), data)
    return path.read_bytes()


def test_an_update_fetches_what_changed(
    desk: PublishingDesk, small_bundle: Path, tmp_path: Path
) -> None:
    pictures = {f"screen/{n}.webp": random.Random(n).randbytes(50_000) for n in range(50)}
    shards = {}
    for name in ("large", "larger"):
        bundle = publishing_desk.write_tiny_bundle(desk.folder.parent / name, small_bundle, name)
        shards[name] = shard_of(pictures, bundle / layout.picture_shard(0))
        manifest = replace(read_manifest(bundle), files=bundle_writer.entries(bundle))
        bundle_writer.write_manifest(identify(manifest), bundle)
        pictures["screen/7.webp"] = random.Random(99).randbytes(51_000)
    source, store = FolderSource(desk.folder), tmp_path / "store"
    desk.publish(desk.folder.parent / "large")
    whole = sync(source, store, desk.root, check=verify)
    desk.publish(desk.folder.parent / "larger")

    update = sync(source, store, desk.root, check=verify)

    assert whole.fetched_bytes > 2_500_000
    assert update.fetched_bytes < 200_000
    assert (store / "current" / layout.picture_shard(0)).read_bytes() == shards["larger"]
