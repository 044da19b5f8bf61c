"""The bundle is switched while eight visitors search: no request fails or mixes bundles.

`KIOSK_FAULTS=all` changes over a hundred times; otherwise eight times.
"""

import gc
import http.client
import json
import os
import shutil
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from kiosk_page import OWN, Listen, opener_of, wait_for

from converter.build import bundle_writer
from device.bundle import layout
from device.bundle.manifest import identify
from device.bundle.notices import Notices
from device.bundle.reader import read_manifest
from device.config import RecognitionConfig
from device.imaging.frames import Pixels
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService
from device.service.collection.bundle_switch import WatchedStore
from device.service.query import malloc_trim
from device.service.state import Phase
from device.store import notices as kept_notices
from device.store.atomic_files import AtomicFiles
from device.store.bundles import Bundles

pytestmark = pytest.mark.slow

IS_WHOLE_RUN = os.environ.get("KIOSK_FAULTS") == "all"
WARM_UP, SWAPS = (40, 110) if IS_WHOLE_RUN else (4, 8)
MOST_GROWTH_BYTES = 2 << 20


def variant(original: Path, folder: Path, mark: str) -> str:
    """Write a bundle whose titles all end with a mark; return its id."""
    shutil.copytree(original, folder, copy_function=os.link)
    records = folder / layout.RECORDS
    data = records.read_bytes()
    records.unlink()
    records.write_bytes(data)
    connection = sqlite3.connect(records)
    connection.execute("UPDATE records SET title = title || ?", (mark,))
    connection.commit()
    connection.close()
    manifest = replace(read_manifest(folder), name=mark, files=bundle_writer.entries(folder))
    bundle_writer.write_manifest(identify(manifest), folder)
    return identify(manifest).bundle_id


class Visitors:
    """Eight visitors, each searching repeatedly; failures are recorded."""

    def __init__(self, port: int, picture: bytes, ids: tuple[str, ...], marks: dict[str, str]):
        self.faults: list[str] = []
        self.served: Counter[str] = Counter()
        self._port, self._picture, self._ids, self._marks = port, picture, ids, marks
        self._stopping = threading.Event()
        jobs = (self._search,) * 3 + (self._page,) * 2 + (self._read,) + (self._poll,) * 2
        self._threads = [threading.Thread(target=self._visit, args=(job,)) for job in jobs]
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        """Stop all visitors."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, job: Callable[[http.client.HTTPConnection], None]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._stopping.is_set() and len(self.faults) < 20:
            try:
                job(connection)
                self.served[job.__name__] += 1
            except Exception as error:  # noqa: BLE001  # whatever it is, a visitor has seen it
                self.faults.append(f"{job.__name__}: {error!r}")
        connection.close()

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b""
    ) -> bytes:
        kind = {"Content-Type": "image/jpeg"} if body else {}
        connection.request(method, path, body or None, OWN | kind)
        answer = connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{method} {path}: {answer.status} {data[:200]!r}")
        return data

    def _check(self, record: dict[str, Any], bundle_id: str) -> None:
        if not record["title"].endswith(self._marks[bundle_id]):
            raise AssertionError(f"{record['title']!r} in an answer of {self._marks[bundle_id]}")

    def _search(self, connection: http.client.HTTPConnection) -> None:
        found = json.loads(self._ask(connection, "POST", "/api/v1/search", self._picture))
        assert found["matches"]
        pictures = found["matches"][0]["record"]["pictures"]
        for match in found["matches"]:
            self._check(match["record"], _bundle_of(pictures["thumb"]))
        assert self._ask(connection, "GET", pictures["thumb"]).startswith(b"RIFF")

    def _page(self, connection: http.client.HTTPConnection) -> None:
        for record_id in self._ids:
            self._ask(connection, "GET", f"/api/v1/records/{record_id}/picture?size=thumb")

    def _read(self, connection: http.client.HTTPConnection) -> None:
        found = json.loads(self._ask(connection, "GET", f"/api/v1/records/{self._ids[0]}"))
        self._check(found, _bundle_of(found["pictures"]["thumb"]))
        json.loads(self._ask(connection, "GET", "/api/v1/filters"))

    def _poll(self, connection: http.client.HTTPConnection) -> None:
        state = json.loads(self._ask(connection, "GET", "/api/v1/stand/state?after=0"))
        self._ask(connection, "GET", f"/api/v1/stand/state?after={state['revision']}")


def _bundle_of(address: str) -> str:
    """Return the bundle id in a picture's address."""
    return parse_qs(urlsplit(address).query)["bundle"][0]


def resident_bytes() -> int:
    """Return this process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Held:
    """The open files and threads of this process."""

    files: Counter[str]
    threads: frozenset[threading.Thread]

    @classmethod
    def now(cls) -> "Held":
        """Take a snapshot."""
        files: Counter[str] = Counter()
        for each in Path("/proc/self/fd").iterdir():
            with suppress(FileNotFoundError):  # the folder's own, or closed meanwhile
                files[str(each.readlink())] += 1
        return cls(files, frozenset(threading.enumerate()))

    def since(self, earlier: "Held") -> tuple[int, int]:
        """Return the number of files and threads opened since an earlier snapshot."""
        return (self.files - earlier.files).total(), len(self.threads - earlier.threads)


@pytest.fixture
def root(small_bundle: Path, tmp_path: Path) -> Path:
    """A store with bundles 1 and 2; their titles end with different marks."""
    for name, mark in (("1", "[one]"), ("2", "[two]")):
        variant(small_bundle, tmp_path / "releases" / name, mark)
    Bundles(tmp_path).activate("1")
    return tmp_path


@pytest.fixture
def earlier() -> Held:
    """A snapshot from before the kiosk, which may include earlier tests' files."""
    return Held.now()


@pytest.fixture
def kiosk(
    root: Path, print_pictures: dict[str, Pixels], shown_ids: tuple[str, ...]
) -> Iterator[KioskService]:
    """A kiosk with a store."""
    with KioskService(
        WatchedStore(root, poll_s=0.1),
        CameraSetup(opener=opener_of(print_pictures[shown_ids[0]])),
        RecognitionConfig(threads=1, waiting=16),
        notifier=Notifier(None),
    ) as service:
        wait_for(service, Phase.LOOKING)
        yield service


def swap(kiosk: KioskService, root: Path, number: int) -> None:
    """Activate a bundle, and wait until the kiosk uses it."""
    name = str(1 + number % 2)
    Bundles(root, check=lambda path: None).activate(name)
    wanted = read_manifest(root / "releases" / name).bundle_id
    ends = time.monotonic() + 60
    while kiosk.collection.manifest.bundle_id != wanted:
        assert time.monotonic() < ends, "the kiosk doesn't change over"
        time.sleep(0.02)


def measured_swap(kiosk: KioskService, root: Path, number: int) -> int:
    """Switch the bundle; return the least of several samples of the resident memory."""
    swap(kiosk, root, number)
    gc.collect()
    malloc_trim.trim()  # the visitors are in this process, too
    return resident_bytes()


def test_no_request_fails_or_mixes_bundles_during_a_switch(
    earlier: Held,
    kiosk: KioskService,
    root: Path,
    upload: bytes,
    shown_ids: tuple[str, ...],
    listen: Listen,
) -> None:
    marks = {
        read_manifest(path).bundle_id: read_manifest(path).name
        for path in (root / "releases").iterdir()
    }
    visitors = Visitors(listen(kiosk).port, upload, shown_ids, marks)
    try:
        first = [measured_swap(kiosk, root, number) for number in range(1, WARM_UP + 1)]
        before = min(first[WARM_UP // 2 :]), *Held.now().since(earlier)
        last = [measured_swap(kiosk, root, WARM_UP + number) for number in range(1, SWAPS + 1)]
        after = min(last[-(WARM_UP // 2) :]), *Held.now().since(earlier)
    finally:
        visitors.leave()
    growth = after[0] - before[0]
    print(
        f"FAULTS hot swaps: {SWAPS} under load of {dict(visitors.served)}, failed {len(visitors.faults)}, "
        f"growth {growth / 2**20:.2f} MiB, open files {before[1]} to {after[1]}, threads {before[2]} to {after[2]}"
    )
    assert not visitors.faults
    assert all(visitors.served.values())
    assert len(visitors.served) == 4
    assert after[2] == before[2]
    # The two bundles' own files, and a connection between two requests.
    assert abs(after[1] - before[1]) <= 12
    if IS_WHOLE_RUN:
        assert growth <= MOST_GROWTH_BYTES


def test_a_withdrawn_work_disappears_from_the_running_kiosk(
    kiosk: KioskService, root: Path, upload: bytes, shown_ids: tuple[str, ...]
) -> None:
    gone = shown_ids[0]
    prints = kiosk.collection.manifest.items
    kiosk.query.look()
    wait_for(kiosk, Phase.FOUND)
    kept_notices.write(AtomicFiles(), root, Notices().with_withdrawn(gone, "2026-11-23"))

    ends = time.monotonic() + 60
    while kiosk.collection.manifest.items == prints or kiosk.snapshot().state.answer is not None:
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert gone not in [m.record.record_id for m in kiosk.query.identify(upload).matches]
    assert gone not in kiosk.collection.manifest.probes


def test_a_rollback_does_not_restore_a_withdrawn_work(
    kiosk: KioskService, root: Path, upload: bytes, shown_ids: tuple[str, ...]
) -> None:
    kept_notices.write(AtomicFiles(), root, Notices().with_withdrawn(shown_ids[0], "2026-11-23"))
    swap(kiosk, root, 1)
    Bundles(root).rollback()
    ends = time.monotonic() + 60
    while kiosk.collection.manifest.name != "[one]":
        assert time.monotonic() < ends
        time.sleep(0.02)

    assert shown_ids[0] not in [m.record.record_id for m in kiosk.query.identify(upload).matches]
