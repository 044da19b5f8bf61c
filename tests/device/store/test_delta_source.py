"""Large files put together of pieces that are here and of what has to be fetched; whatever a recipe says, never wrong."""

import hashlib
import os
import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import museum as museums
import pytest
from museum import Museum
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
    """A repository with a file and the one before it, which a kiosk holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.old = random.Random(1).randbytes(SIZE)
        # A thousandth altered at two places, some bytes taken out and others put in.
        self.new = b"".join(
            (self.old[:500_000], os.urandom(900), self.old[500_700:1_500_000], self.old[1_500_900:])
        )
        self.part = folder / "part"
        self.held = LocalFile(path=folder / "old", entry=self.publish(self.old))
        self.held.path.write_bytes(self.old)
        self.entry = self.publish(self.new)

    def publish(self, data: bytes) -> FileEntry:
        """Put a file and its recipe into the repository."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.folder / repository_layout.object_path(sha256)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        (self.folder / repository_layout.chunk_index_path(sha256)).write_bytes(
            chunk_index.dump(cut(path))
        )
        return FileEntry(path="pictures/000.zip", sha256=sha256, size_bytes=len(data))

    def recipe(self, entry: FileEntry) -> Path:
        """Give where a file's recipe lies."""
        return self.folder / repository_layout.chunk_index_path(entry.sha256)

    def fetch(self, source: BundleSource) -> DeltaSource:
        """Fetch the new file; it is asked that it is whole."""
        sparing = DeltaSource(source, [self.held], [self.entry])
        fetch(self.entry, sparing, self.part, AtomicFiles())
        assert self.part.read_bytes() == self.new
        return sparing


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """The files, with nothing fetched yet."""
    return Scene(tmp_path)


@pytest.fixture
def server(scene: Scene) -> Iterator[UpdateServer]:
    """A web server of the repository."""
    with serving(scene.folder) as serves:
        yield serves


def test_a_file_of_which_most_is_here_is_fetched_in_parts(
    scene: Scene, server: UpdateServer
) -> None:
    sparing = scene.fetch(HttpSource(server.address))

    assert server.sent_bytes < SIZE // 8
    assert sparing.reused_bytes > SIZE * 7 // 8
    assert sparing.name == server.address


def test_from_a_folder_as_well(scene: Scene) -> None:
    assert scene.fetch(FolderSource(scene.folder)).reused_bytes > SIZE * 7 // 8


@pytest.mark.parametrize("had", [1, 499_999, 700_000, SIZE - 1000])
def test_a_file_that_was_cut_off_within_a_piece_is_gone_on_with(
    scene: Scene, server: UpdateServer, had: int
) -> None:
    scene.part.write_bytes(scene.new[:had])

    scene.fetch(HttpSource(server.address))

    assert server.sent_bytes < SIZE // 4


@pytest.mark.parametrize("had", [0, 1000])
def test_a_server_that_ignores_ranges_gives_the_rest_in_one_piece(
    scene: Scene, server: UpdateServer, had: int
) -> None:
    server.manner = "ignores ranges"
    scene.part.write_bytes(scene.new[:had])

    scene.fetch(HttpSource(server.address))

    assert server.sent_bytes < SIZE + 200_000
    assert sum(path.endswith(scene.entry.sha256) for path, _ in server.asked) == 1


def test_a_server_that_stops_in_the_middle_is_gone_on_with(
    scene: Scene, server: UpdateServer
) -> None:
    sparing = DeltaSource(HttpSource(server.address), [scene.held], [scene.entry])
    with sparing.open(repository_layout.object_path(scene.entry.sha256)) as stream:
        server.manner = "cuts"
        with pytest.raises(SourceError):
            for chunk in stream.blocks:
                with scene.part.open("ab") as file:
                    file.write(chunk)
    assert scene.part.stat().st_size >= 490_000
    server.manner = "plain"

    scene.fetch(HttpSource(server.address))


def test_a_stick_whose_file_is_cut_short_says_so(scene: Scene) -> None:
    path = scene.folder / repository_layout.object_path(scene.entry.sha256)
    path.write_bytes(scene.new[:500_100])

    with pytest.raises(SourceError, match="stopped after"):
        scene.fetch(FolderSource(scene.folder))


def test_a_piece_here_that_has_decayed_is_fetched(scene: Scene, server: UpdateServer) -> None:
    scene.held.path.write_bytes(scene.old[:900_000] + bytes(70_000) + scene.old[970_000:])

    scene.fetch(HttpSource(server.address))

    assert server.sent_bytes < SIZE // 3


def test_a_file_that_is_here_no_more_is_fetched(scene: Scene, server: UpdateServer) -> None:
    scene.held.path.unlink()

    assert scene.fetch(HttpSource(server.address)).reused_bytes == 0


@pytest.mark.parametrize("which", ["old", "new"])
@pytest.mark.parametrize("data", [None, b"", b"<html>", b"printkiosk pieces 1\n", bytes(9 << 20)])
def test_without_a_recipe_a_file_comes_whole(scene: Scene, which: str, data: bytes | None) -> None:
    path = scene.recipe(scene.entry if which == "new" else scene.held.entry)
    path.unlink()
    if data is not None:
        path.write_bytes(data)

    assert scene.fetch(FolderSource(scene.folder)).reused_bytes == 0


def test_a_recipe_that_lies_costs_a_second_fetch_and_nothing_else(
    scene: Scene, server: UpdateServer
) -> None:
    pieces = list(cut(scene.held.path))
    rest = len(scene.new) - sum(piece.length for piece in pieces[:-8])
    ends = [
        Chunk(chunk_index.MIN_CHUNK_BYTES, bytes(16))
        for _ in range(rest // chunk_index.MIN_CHUNK_BYTES)
    ]
    ends.append(Chunk(rest % chunk_index.MIN_CHUNK_BYTES or 1, bytes(16)))
    lie = [*pieces[:-8], *ends]
    scene.recipe(scene.entry).write_bytes(chunk_index.dump(lie))
    assert chunk_index.parse(scene.recipe(scene.entry).read_bytes(), len(scene.new))
    scene.part.write_bytes(scene.new[:1000])  # what was here is tried once more from the start

    sparing = scene.fetch(HttpSource(server.address))

    assert sparing.reused_bytes == 0


def test_small_files_are_not_asked_for_their_recipes(scene: Scene, server: UpdateServer) -> None:
    small = replace(scene.entry, size_bytes=chunk_index.MIN_FILE_BYTES - 1)
    sparing = DeltaSource(HttpSource(server.address), [scene.held], [small])

    with sparing.open(repository_layout.object_path(small.sha256)):
        pass

    assert not [path for path, _ in server.asked if path.endswith(".pieces")]


def shard_of(pictures: dict[str, bytes], path: Path) -> bytes:
    """Write a shard of pictures; give its bytes."""
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as shard:
        for name, data in pictures.items():
            shard.writestr(zipfile.ZipInfo(name), data)
    return path.read_bytes()


def test_an_update_fetches_what_changed(desk: Museum, small_bundle: Path, tmp_path: Path) -> None:
    pictures = {f"screen/{n}.webp": random.Random(n).randbytes(50_000) for n in range(50)}
    shards = {}
    for name in ("large", "larger"):
        bundle = museums.tiny(desk.folder.parent / name, small_bundle, name)
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
