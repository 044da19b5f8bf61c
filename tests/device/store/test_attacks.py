"""Attacks and accidents end in one numbered line, and the kiosk keeps its bundle.

docs/threat-model.md names these tests.
"""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import publishing_desk
import pytest
from publishing_desk import PublishingDesk
from tuf.api.metadata import Metadata, Root
from update_server import UpdateServer, serving

from converter.publish import publisher, tuf_repository
from device.bundle import repository_layout
from device.bundle.manifest import FileEntry, identify
from device.bundle.manifest import dump as dump_manifest
from device.bundle.reader import read_manifest, verify
from device.errors import (
    DiskError,
    NoRoomError,
    RefusedError,
    SourceError,
    StaleError,
    SyncBusyError,
    SyncError,
    UntrustedError,
)
from device.store import notices as kept_notices
from device.store import staging
from device.store.atomic_files import FETCH_LOCK, AtomicFiles, locked
from device.store.bundles import Bundles
from device.store.source import FolderSource, HttpSource
from device.store.store_state import read as read_state
from device.store.store_state import write as write_state
from device.store.sync import TRUST, sync
from device.store.sync_result import SyncOutcome, SyncResult


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A kiosk's store, and the museum it trusts."""

    store: Path
    root: bytes

    def sync(self, folder: Path, **others: object) -> SyncOutcome:
        """Fetch from a folder."""
        return sync(FolderSource(folder), self.store, self.root, check=verify, **others)  # type: ignore[arg-type]

    @property
    def version(self) -> int:
        """The current bundle's version, after every byte is verified."""
        return verify(self.store / "current").version


@pytest.fixture
def kiosk(desk: PublishingDesk, tmp_path: Path) -> Kiosk:
    """A kiosk that has the museum's first bundle, after its trial."""
    made = Kiosk(store=tmp_path / "store", root=desk.root)
    made.sync(desk.folder)
    Bundles(made.store).confirm()
    return made


@pytest.fixture
def old_stick(desk: PublishingDesk, tmp_path: Path) -> Path:
    """A stick with the first bundle, copied before the second is published."""
    shutil.copytree(desk.folder, tmp_path / "old-stick")
    return tmp_path / "old-stick"


@pytest.fixture
def updated(kiosk: Kiosk, desk: PublishingDesk, old_stick: Path) -> Kiosk:
    """The kiosk after it has received the second bundle."""
    desk.publish(desk.folder.parent / "second")
    assert kiosk.sync(desk.folder).version == 2
    Bundles(kiosk.store).confirm()
    return kiosk


@pytest.fixture
def server(desk: PublishingDesk) -> Iterator[UpdateServer]:
    """The repository on a web server."""
    with serving(desk.folder) as serves:
        yield serves


def refused(kind: type[SyncError], call: Callable[[], object], kiosk: Kiosk) -> str:
    """Check that a call is refused in one numbered line and keeps the bundle; return the line."""
    before = kiosk.version
    with pytest.raises(kind) as caught:
        call()
    line = str(caught.value)
    assert type(caught.value) is kind, line
    assert line.startswith(f"E{kind.number}: ")
    assert "\n" not in line
    assert kiosk.version == before
    return line


def objects(folder: Path) -> list[Path]:
    """Return a repository's objects, the newest last."""
    return sorted(
        (folder / repository_layout.OBJECTS).iterdir(), key=lambda path: path.stat().st_mtime_ns
    )


def newest_object(desk: PublishingDesk) -> Path:
    """Publish the second bundle and return an object that only it has."""
    known = set(objects(desk.folder))
    desk.publish(desk.folder.parent / "second")
    return next(path for path in objects(desk.folder) if path not in known)


# The attacks that TUF names.


@pytest.mark.slow
def test_rollback_by_an_older_stick_is_refused(updated: Kiosk, old_stick: Path) -> None:
    refused(StaleError, lambda: updated.sync(old_stick), updated)


def test_lost_metadata_with_an_old_stick_is_refused(updated: Kiosk, old_stick: Path) -> None:
    shutil.rmtree(updated.store / TRUST)

    line = refused(StaleError, lambda: updated.sync(old_stick), updated)
    assert "version 1" in line


def test_lost_metadata_with_a_stick_from_before_the_key_was_replaced_is_refused(
    updated: Kiosk, desk: PublishingDesk, old_stick: Path
) -> None:
    desk.rotate()
    updated.sync(desk.folder)
    shutil.rmtree(updated.store / TRUST)

    line = refused(StaleError, lambda: updated.sync(old_stick), updated)
    assert "keys were replaced" in line


@pytest.mark.parametrize("name", ["timestamp", "snapshot", "targets", "root"])
def test_damaged_metadata_is_repaired(updated: Kiosk, desk: PublishingDesk, name: str) -> None:
    path = updated.store / TRUST / f"{name}.json"
    path.resolve().write_bytes(b"")

    assert updated.sync(desk.folder).result is SyncResult.UP_TO_DATE


def test_freeze_expired_metadata_is_refused(tmp_path: Path, desk: PublishingDesk) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=tuf_repository.DAYS + 1)
    frozen = publishing_desk.set_up(tmp_path / "frozen", now=long_ago)
    frozen.publish(desk.folder.parent / "first")

    with pytest.raises(StaleError, match="expired by this kiosk's clock"):
        Kiosk(store=tmp_path / "other", root=frozen.root).sync(frozen.folder)


def test_a_clock_ten_years_ahead_refuses_updates_and_keeps_the_bundle(
    updated: Kiosk, desk: PublishingDesk
) -> None:
    """To such a clock, a bundle published now was signed ten years ago."""
    desk.now = datetime.now(UTC) - timedelta(days=3650)
    desk.publish(desk.folder.parent / "third")

    line = refused(StaleError, lambda: updated.sync(desk.folder), updated)
    assert "check the clock" in line


def test_a_clock_at_1970_accepts_updates_and_still_refuses_old_ones(
    updated: Kiosk, desk: PublishingDesk, old_stick: Path
) -> None:
    """To such a clock, a bundle published now is valid for decades."""
    desk.now = datetime.now(UTC) + timedelta(days=20_000)
    desk.publish(desk.folder.parent / "third")

    assert updated.sync(desk.folder, today=lambda: datetime(1970, 1, 1).date()).version == 3
    refused(StaleError, lambda: updated.sync(old_stick), updated)


def test_mix_and_match_an_old_snapshot_under_a_new_name_is_refused(
    kiosk: Kiosk, desk: PublishingDesk
) -> None:
    folder = desk.folder / repository_layout.METADATA
    old = max(folder.glob("*.snapshot.json"), key=number_of)
    desk.publish(desk.folder.parent / "second")
    new = max(folder.glob("*.snapshot.json"), key=number_of)
    shutil.copyfile(old, new)

    refused(StaleError, lambda: kiosk.sync(desk.folder), kiosk)


def number_of(path: Path) -> int:
    """Return the version in a metadata file's name."""
    return int(path.name.split(".")[0])


def test_mix_and_match_a_manifest_of_another_bundle_is_refused(
    kiosk: Kiosk, desk: PublishingDesk
) -> None:
    desk.publish(desk.folder.parent / "second")
    manifests = sorted(
        (desk.folder / "targets/bundle").iterdir(), key=lambda p: p.stat().st_mtime_ns
    )
    shutil.copyfile(manifests[0], manifests[1])

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


def test_endless_data_stops_at_the_signed_length(
    kiosk: Kiosk, desk: PublishingDesk, server: UpdateServer
) -> None:
    desk.publish(desk.folder.parent / "second")
    server.behaviour = "endless"
    source = HttpSource(server.address)

    refused(UntrustedError, lambda: sync(source, kiosk.store, kiosk.root, check=verify), kiosk)
    assert list((kiosk.store / "incoming").iterdir()) == []


@pytest.mark.parametrize("name", ["timestamp.json", "root", "snapshot", "targets"])
def test_endless_metadata_is_refused(kiosk: Kiosk, desk: PublishingDesk, name: str) -> None:
    if name == "root":
        path = desk.folder / repository_layout.METADATA / "2.root.json"
    else:
        desk.publish(desk.folder.parent / "second")
        found = (desk.folder / repository_layout.METADATA).glob(f"*{name}*")
        path = max(found, key=lambda each: each.stat().st_mtime_ns)
    with path.open("ab") as file:
        file.truncate(64 << 20)

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


def test_a_file_one_byte_too_long_is_refused(kiosk: Kiosk, desk: PublishingDesk) -> None:
    with newest_object(desk).open("ab") as file:
        file.write(b"!")

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


def test_a_tampered_file_is_refused_and_removed(kiosk: Kiosk, desk: PublishingDesk) -> None:
    path = newest_object(desk)
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)

    line = refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)
    assert "doesn't match its signed sha256" in line
    assert list((kiosk.store / "incoming").iterdir()) == []


def test_a_truncated_file_is_refused_and_resumed_once_it_is_complete(
    kiosk: Kiosk, desk: PublishingDesk
) -> None:
    path = newest_object(desk)
    data = path.read_bytes()
    path.write_bytes(data[:-1])

    refused(SourceError, lambda: kiosk.sync(desk.folder), kiosk)
    path.write_bytes(data)
    assert kiosk.sync(desk.folder).version == 2


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
def test_tampered_metadata_is_refused(kiosk: Kiosk, desk: PublishingDesk, role: str) -> None:
    desk.rotate()
    desk.publish(desk.folder.parent / "second")
    found = (desk.folder / repository_layout.METADATA).glob(f"*{role}.json")
    path = max(found, key=lambda each: each.stat().st_mtime_ns)
    data = json.loads(path.read_bytes())
    data["signed"]["expires"] = "2037-01-01T00:00:00Z"
    path.write_text(json.dumps(data))

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


def test_another_museums_stick_is_refused(
    kiosk: Kiosk, desk: PublishingDesk, tmp_path: Path
) -> None:
    stranger = publishing_desk.set_up(tmp_path / "stranger")
    for _ in range(3):
        stranger.publish(desk.folder.parent / "second")

    line = refused(UntrustedError, lambda: kiosk.sync(stranger.folder), kiosk)
    assert "this museum" in line


def test_one_of_two_root_signatures_is_refused(kiosk: Kiosk, desk: PublishingDesk) -> None:
    with pytest.raises(Exception, match="2 different root keys"):
        desk.rotate("root-1")
    with pytest.raises(Exception, match="2 different root keys"):
        desk.rotate("root-1", "root-1")
    desk.rotate("root-1", "root-2")
    path = max((desk.folder / repository_layout.METADATA).glob("*.root.json"), key=number_of)
    root = Metadata[Root].from_file(str(path))
    root.signatures.popitem()
    root.to_file(str(path))

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


def test_a_revoked_publishing_key_is_refused(kiosk: Kiosk, desk: PublishingDesk) -> None:
    thief = replace(desk)
    desk.rotate()
    kiosk.sync(desk.folder)
    with pytest.raises(Exception, match="expected the publishing key"):
        thief.publish(desk.folder.parent / "second")
    signers = dict.fromkeys(("targets", "snapshot", "timestamp"), (thief.publishing,))
    stolen = tuf_repository.Repository(desk.folder, signers, thief.now)
    publisher.publish(desk.folder.parent / "second", stolen, publishing_desk.DAY)

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


@pytest.mark.slow
def test_fast_forward_by_a_stolen_key_ends_when_the_key_is_replaced(
    kiosk: Kiosk, desk: PublishingDesk, tmp_path: Path
) -> None:
    stolen = publishing_desk.copy_desk(desk, tmp_path / "stolen")
    put_manifest(stolen, version=9_999_999)
    for _ in range(5):
        stolen.repository.sign_changes()
    assert kiosk.sync(stolen.folder).version == 9_999_999
    refused(StaleError, lambda: kiosk.sync(desk.folder), kiosk)
    desk.rotate()
    desk.publish(desk.folder.parent / "third")

    assert kiosk.sync(desk.folder).version == 2
    assert read_state(kiosk.store).floor.version == 2


def put_manifest(desk: PublishingDesk, bundle: str = "second", **changes: object) -> None:
    """Publish and sign a bundle with a changed manifest, as a thief of the key could."""
    folder = desk.folder.parent / bundle
    for entry in read_manifest(folder).files:
        target = desk.folder / repository_layout.object_path(entry.sha256)
        if not target.exists():
            shutil.copyfile(folder / entry.path, target)
    manifest = identify(replace(read_manifest(folder), **changes))  # type: ignore[arg-type]
    chosen = desk.repository
    with chosen.edit_targets() as targets:
        text = dump_manifest(manifest).encode()
        chosen.put_target(targets, repository_layout.BUNDLE_TARGET, text, {})
    chosen.sign_changes()


@pytest.mark.parametrize("version", [0, -1, 10_000_001, 2**70])
def test_a_version_out_of_range_is_refused(
    kiosk: Kiosk, desk: PublishingDesk, version: int
) -> None:
    put_manifest(desk, version=version)
    with pytest.raises((UntrustedError, StaleError)):
        kiosk.sync(desk.folder)
    assert kiosk.version == 1


HOSTILE = (
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b",
    "",
    ".",
    "..",
    "a\0b",
    "manifest.json",
    "a//b",
    "a/./b",
    "x" * 300,
    "a/" * 300 + "b",
    "model.tflite/inside",
    "\ud800",
    "line\nbreak",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:20])
def test_path_traversal_and_hostile_names_in_a_signed_manifest_are_refused(
    kiosk: Kiosk, desk: PublishingDesk, name: str
) -> None:
    files = read_manifest(desk.folder.parent / "second").files
    hostile = FileEntry(path=name, sha256=files[0].sha256, size_bytes=files[0].size_bytes)
    try:
        put_manifest(desk, files=(*files, hostile), version=2)
    except UnicodeEncodeError:
        return  # such a name can't be written at all
    with pytest.raises(SyncError) as caught:
        kiosk.sync(desk.folder)
    assert "\n" not in str(caught.value)
    assert kiosk.version == 1
    assert {path.name for path in kiosk.store.parent.iterdir()} == {"museum", "store"}


@pytest.mark.parametrize("sha256", ["../" * 20 + "etc/passwd", "", "A" * 64, "0" * 63, "0" * 65])
def test_an_invalid_sha256_is_refused(kiosk: Kiosk, desk: PublishingDesk, sha256: str) -> None:
    files = read_manifest(desk.folder.parent / "second").files
    hostile = FileEntry(path="extra", sha256=sha256, size_bytes=4)
    put_manifest(desk, files=(*files, hostile), version=2)

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


@pytest.mark.parametrize("size", [-1, 2**62, 2**80])
def test_an_impossible_size_is_refused(kiosk: Kiosk, desk: PublishingDesk, size: int) -> None:
    files = read_manifest(desk.folder.parent / "second").files
    hostile = FileEntry(path="extra", sha256="0" * 64, size_bytes=size)
    put_manifest(desk, files=(*files, hostile), version=2)
    with pytest.raises((UntrustedError, NoRoomError)):
        kiosk.sync(desk.folder)
    assert kiosk.version == 1


@pytest.mark.parametrize(
    "target", [repository_layout.BUNDLE_TARGET, repository_layout.NOTICES_TARGET]
)
def test_an_oversized_signed_target_is_refused(
    kiosk: Kiosk, desk: PublishingDesk, target: str
) -> None:
    chosen = desk.repository
    with chosen.edit_targets() as targets:
        chosen.put_target(targets, target, bytes(5_000_000), {})
    chosen.sign_changes()

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


@pytest.mark.parametrize("added", [b"!", b"!" * 1_000_000])
def test_a_manifest_longer_than_its_signed_length_is_refused(
    kiosk: Kiosk, desk: PublishingDesk, added: bytes
) -> None:
    desk.publish(desk.folder.parent / "second")
    for path in (desk.folder / "targets/bundle").iterdir():
        path.write_bytes(path.read_bytes() + added)

    refused(UntrustedError, lambda: kiosk.sync(desk.folder), kiosk)


def test_temporary_metadata_files_are_removed(kiosk: Kiosk, desk: PublishingDesk) -> None:
    (kiosk.store / TRUST / "tmpabcdef").write_bytes(b"half")
    kiosk.sync(desk.folder)

    assert not list((kiosk.store / TRUST).glob("tmp*"))


@pytest.mark.slow
def test_a_second_release_of_the_same_version_gets_a_longer_name(
    kiosk: Kiosk, desk: PublishingDesk, tmp_path: Path
) -> None:
    stolen = publishing_desk.copy_desk(desk, tmp_path / "stolen")
    put_manifest(stolen, version=2)
    assert kiosk.sync(stolen.folder).version == 2
    desk.rotate()
    desk.publish(desk.folder.parent / "third")
    kiosk.sync(desk.folder)

    current = (kiosk.store / "current").resolve().name
    assert current == f"2-{read_manifest(kiosk.store / 'current').bundle_id}"
    assert kiosk.sync(desk.folder).result is SyncResult.UP_TO_DATE


def test_the_rollback_guard_is_never_below_the_current_bundle(
    updated: Kiosk, old_stick: Path
) -> None:
    state = read_state(updated.store)
    write_state(AtomicFiles(), updated.store, replace(state, floor=replace(state.floor, version=0)))
    shutil.rmtree(updated.store / TRUST)

    refused(StaleError, lambda: updated.sync(old_stick), updated)


def test_files_of_a_bundle_installed_by_hand_are_not_fetched_again(
    desk: PublishingDesk, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(desk.folder.parent / "first", store / "releases/by-hand")
    Bundles(store).activate("by-hand")
    desk.publish(desk.folder.parent / "second")

    outcome = Kiosk(store=store, root=desk.root).sync(desk.folder)
    assert 0 < outcome.fetched_bytes < outcome.total_bytes / 10
    assert {path.name for path in (store / "releases").iterdir()} == {"by-hand", "2"}
    assert Bundles(store).rollback().name == "first"


def test_a_damaged_object_is_fetched_again(kiosk: Kiosk, desk: PublishingDesk) -> None:
    desk.publish(desk.folder.parent / "second")
    entry = next(
        e for e in read_manifest(kiosk.store / "current").files if e.path == "model.tflite"
    )
    shared = kiosk.store / "objects" / entry.sha256
    (kiosk.store / "releases/1/model.tflite").unlink()
    os.link(shared, kiosk.store / "releases/1/model.tflite")
    shared.write_bytes(bytes(entry.size_bytes))

    assert kiosk.sync(desk.folder).version == 2
    verify(kiosk.store / "current")


def test_unused_partial_files_are_removed(kiosk: Kiosk, desk: PublishingDesk) -> None:
    (kiosk.store / "incoming/abc.part").write_bytes(b"of a bundle that was never whole")
    desk.publish(desk.folder.parent / "second")
    kiosk.sync(desk.folder)

    assert not list((kiosk.store / "incoming").iterdir())


def test_an_unreadable_object_is_fetched_again(
    kiosk: Kiosk, desk: PublishingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worn(path: Path) -> str:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(staging, "sha256_of", worn)
    desk.publish(desk.folder.parent / "second")

    outcome = kiosk.sync(desk.folder)
    assert outcome.fetched_bytes == outcome.total_bytes


# A stick with a hostile file system.


@pytest.mark.parametrize("kind", ["link", "link to a folder", "pipe", "folder", "device"])
def test_only_plain_files_on_a_stick_are_read(
    kiosk: Kiosk, desk: PublishingDesk, tmp_path: Path, kind: str
) -> None:
    path = newest_object(desk)
    data = path.read_bytes()
    path.unlink()
    if kind == "link":
        (tmp_path / "elsewhere").write_bytes(data)
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "link to a folder":
        path.write_bytes(data)
        (desk.folder / "objects").rename(tmp_path / "elsewhere")
        (desk.folder / "objects").symlink_to(tmp_path / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()

    line = refused(SourceError, lambda: kiosk.sync(desk.folder), kiosk)
    assert "can't be read" in line


def test_a_sync_resumes_after_the_stick_was_pulled(kiosk: Kiosk, desk: PublishingDesk) -> None:
    desk.publish(desk.folder.parent / "second")
    pulled = PulledStick(FolderSource(desk.folder), after=2)

    refused(SourceError, lambda: sync(pulled, kiosk.store, kiosk.root, check=verify), kiosk)
    assert kiosk.sync(desk.folder).version == 2


class PulledStick:
    """A stick that is pulled while its n-th object is read."""

    def __init__(self, stick: FolderSource, after: int) -> None:
        self._stick, self._left = stick, after

    @property
    def name(self) -> str:
        return self._stick.name

    def open(self, path: str, offset: int = 0, length: int | None = None) -> object:
        if path.startswith("objects/"):
            self._left -= 1
            if self._left <= 0:
                raise SourceError(f"{path} can't be read (No such device)")
        return self._stick.open(path, offset, length)


def test_an_empty_or_missing_stick_is_reported(kiosk: Kiosk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "none"):
        line = refused(SourceError, lambda folder=folder: kiosk.sync(folder), kiosk)
        assert "is not a repository" in line


def test_a_stick_with_the_repository_in_a_folder_is_read(
    kiosk: Kiosk, desk: PublishingDesk, tmp_path: Path
) -> None:
    desk.publish(desk.folder.parent / "second")
    (tmp_path / "stick").mkdir()
    shutil.copytree(desk.folder, tmp_path / "stick" / "printkiosk")

    assert kiosk.sync(tmp_path / "stick").version == 2


# An untrusted network.


@pytest.mark.slow
@pytest.mark.parametrize(
    ("manner", "kind"),
    [
        ("redirects", SourceError),
        ("fails", SourceError),
        ("login page", UntrustedError),
        ("cuts", SourceError),
        ("says too little", SourceError),
        ("says too much", SourceError),
        ("endless", UntrustedError),
    ],
)
def test_a_server_that_misbehaves_is_refused_and_the_next_sync_resumes(
    kiosk: Kiosk, desk: PublishingDesk, server: UpdateServer, manner: str, kind: type[SyncError]
) -> None:
    desk.publish(desk.folder.parent / "second")
    server.behaviour = manner

    def over_http() -> SyncOutcome:
        return sync(HttpSource(server.address), kiosk.store, kiosk.root, check=verify)

    refused(kind, over_http, kiosk)
    server.behaviour = "plain"
    assert over_http().version == 2


@pytest.mark.slow
def test_a_server_that_stalls_is_given_up(
    kiosk: Kiosk, desk: PublishingDesk, server: UpdateServer
) -> None:
    desk.publish(desk.folder.parent / "second")
    server.behaviour = "stalls"
    source = HttpSource(server.address, timeout_s=0.3)

    refused(SourceError, lambda: sync(source, kiosk.store, kiosk.root, check=verify), kiosk)


def test_a_server_that_drips_is_given_up(desk: PublishingDesk, server: UpdateServer) -> None:
    now = iter(range(0, 100_000, 4000))
    source = HttpSource(server.address, clock=lambda: float(next(now)))
    (desk.folder / "objects/large").write_bytes(bytes(1 << 20))

    with pytest.raises(SourceError, match="sync again later"):
        list(source.open("objects/large").blocks)


def test_compressed_responses_are_never_unpacked(
    kiosk: Kiosk, desk: PublishingDesk, server: UpdateServer
) -> None:
    """Correct bytes with a wrong `Content-Encoding` are read as they are, never unpacked."""
    desk.publish(desk.folder.parent / "second")
    server.behaviour = "gzip"

    assert sync(HttpSource(server.address), kiosk.store, kiosk.root, check=verify).version == 2


@pytest.mark.parametrize("manner", ["plain", "ignores ranges", "another range"])
def test_an_interrupted_download_resumes_over_http(
    kiosk: Kiosk, desk: PublishingDesk, server: UpdateServer, manner: str
) -> None:
    desk.publish(desk.folder.parent / "second")
    source = HttpSource(server.address)
    server.behaviour = "cuts"
    refused(SourceError, lambda: sync(source, kiosk.store, kiosk.root, check=verify), kiosk)
    part = next((kiosk.store / "incoming").iterdir())
    assert part.stat().st_size > 0
    server.behaviour = manner
    server.requests.clear()
    if manner == "another range":
        refused(SourceError, lambda: sync(source, kiosk.store, kiosk.root, check=verify), kiosk)
        return
    assert sync(source, kiosk.store, kiosk.root, check=verify).version == 2
    assert (f"objects/{part.stem}", f"bytes={part_size(server, part)}-") in server.requests


def part_size(server: UpdateServer, part: Path) -> int:
    """Return the offset of the first request for a partial file."""
    asked = next(asked for path, asked in server.requests if path == f"objects/{part.stem}")
    return int(asked.removeprefix("bytes=").rstrip("-"))


def test_an_unreachable_server_is_reported(kiosk: Kiosk) -> None:
    source = HttpSource("http://127.0.0.1:9")

    refused(SourceError, lambda: sync(source, kiosk.store, kiosk.root, check=verify), kiosk)


# Accidents on the kiosk.


def test_two_syncs_at_once_are_refused(kiosk: Kiosk, desk: PublishingDesk) -> None:
    with locked(kiosk.store, FETCH_LOCK):
        refused(SyncBusyError, lambda: kiosk.sync(desk.folder), kiosk)
    assert kiosk.sync(desk.folder).result is SyncResult.UP_TO_DATE


def test_a_full_disk_is_reported_before_the_first_byte(
    kiosk: Kiosk, desk: PublishingDesk, server: UpdateServer
) -> None:
    class Full(AtomicFiles):
        def free_bytes(self, path: Path) -> int:
            return 1000

    desk.publish(desk.folder.parent / "second")
    source = HttpSource(server.address)
    line = refused(
        NoRoomError,
        lambda: sync(source, kiosk.store, kiosk.root, check=verify, files=Full()),
        kiosk,
    )
    assert "free some space" in line
    assert not [path for path, _ in server.requests if path.startswith("objects/")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_store_is_reported(kiosk: Kiosk, desk: PublishingDesk) -> None:
    desk.publish(desk.folder.parent / "second")
    kiosk.store.chmod(0o555)
    try:
        refused(DiskError, lambda: kiosk.sync(desk.folder), kiosk)
    finally:
        kiosk.store.chmod(0o755)


def test_a_bundle_that_fails_its_probe_is_refused_and_not_fetched_again(
    kiosk: Kiosk, desk: PublishingDesk
) -> None:
    def bad(path: Path) -> None:
        from device.errors import BundleDamagedError

        raise BundleDamagedError(f"{path.name}: the model can't be loaded")

    desk.publish(desk.folder.parent / "second")
    source = FolderSource(desk.folder)
    refused(RefusedError, lambda: sync(source, kiosk.store, kiosk.root, check=bad), kiosk)
    assert {path.name for path in (kiosk.store / "releases").iterdir()} == {"1"}
    assert "failed on this kiosk before" in refused(
        RefusedError, lambda: kiosk.sync(desk.folder), kiosk
    )
    desk.publish(desk.folder.parent / "third")
    assert kiosk.sync(desk.folder).version == 3


def test_a_damaged_store_state_never_counts_as_empty(updated: Kiosk, desk: PublishingDesk) -> None:
    (updated.store / "standing.json").write_bytes(b"{")

    refused(RefusedError, lambda: updated.sync(desk.folder), updated)


def test_an_update_succeeds_even_if_old_files_cannot_be_removed(
    updated: Kiosk, desk: PublishingDesk
) -> None:
    class Clinging(AtomicFiles):
        def remove_folder(self, path: Path) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    desk.publish(desk.folder.parent / "third")
    assert updated.sync(desk.folder, files=Clinging()).version == 3
    assert (updated.store / "releases/1").exists()
    assert updated.sync(desk.folder).result is SyncResult.UP_TO_DATE
    assert not (updated.store / "releases/1").exists()


def test_a_sync_never_undoes_a_rollback_by_staff(updated: Kiosk, desk: PublishingDesk) -> None:
    Bundles(updated.store).rollback()
    assert updated.version == 1
    refused(RefusedError, lambda: updated.sync(desk.folder), updated)
    desk.publish(desk.folder.parent / "third")
    assert updated.sync(desk.folder).version == 3


# Withdrawn works.


def test_a_withdrawn_work_stays_withdrawn_after_rollbacks_and_old_sticks(
    updated: Kiosk, desk: PublishingDesk, old_stick: Path
) -> None:
    record_id = read_manifest(desk.folder.parent / "first").probes[0]
    publisher.withdraw(record_id, desk.repository, publishing_desk.DAY)
    assert updated.sync(desk.folder).result is SyncResult.UP_TO_DATE
    Bundles(updated.store).rollback()
    refused(StaleError, lambda: updated.sync(old_stick), updated)
    shutil.rmtree(updated.store / TRUST)
    refused(StaleError, lambda: updated.sync(old_stick), updated)

    assert record_id in kept_notices.read(updated.store).withdrawn


def test_notices_apply_even_when_their_bundle_is_refused(
    updated: Kiosk, desk: PublishingDesk
) -> None:
    record_id = read_manifest(desk.folder.parent / "first").probes[0]
    Bundles(updated.store).rollback()
    publisher.withdraw(record_id, desk.repository, publishing_desk.DAY)
    refused(RefusedError, lambda: updated.sync(desk.folder), updated)

    assert record_id in kept_notices.read(updated.store).withdrawn


def test_damaged_notices_are_repaired_by_the_next_sync(
    updated: Kiosk, desk: PublishingDesk
) -> None:
    record_id = read_manifest(desk.folder.parent / "first").probes[0]
    publisher.withdraw(record_id, desk.repository, publishing_desk.DAY)
    updated.sync(desk.folder)
    (updated.store / "notices.json").write_bytes(b"\0" * 20)
    assert kept_notices.read(updated.store).is_empty
    updated.sync(desk.folder)

    assert record_id in kept_notices.read(updated.store).withdrawn


def test_an_empty_repository_is_reported(tmp_path: Path) -> None:
    fresh = publishing_desk.set_up(tmp_path / "fresh")

    outcome = Kiosk(store=tmp_path / "store", root=fresh.root).sync(fresh.folder)
    assert outcome == SyncOutcome(result=SyncResult.NOTHING_PUBLISHED, version=0)
