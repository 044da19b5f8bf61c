"""Syncs killed at random moments leave an intact bundle, and the next sync resumes.

`KIOSK_FAULTS=all` kills a thousand syncs; otherwise forty.
"""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from publishing_desk import PublishingDesk, copy_desk

from device.bundle.reader import read_manifest, verify
from device.store.bundles import Bundles
from device.store.source import FolderSource
from device.store.sync import sync

pytestmark = pytest.mark.slow

IS_WHOLE_RUN = os.environ.get("KIOSK_FAULTS") == "all"
RUNS = 1000 if IS_WHOLE_RUN else 40


@pytest.fixture
def museum(published: PublishingDesk, tmp_path: Path) -> PublishingDesk:
    """A museum of this test's own, with three bundles."""
    return copy_desk(published, tmp_path / "museum")


def start(museum: PublishingDesk, store: Path) -> int:
    """Start a sync in another process and return its id."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        sync(FolderSource(museum.folder), store, museum.root, check=verify)
        code = 0
    finally:
        os._exit(code)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_killed_sync_leaves_an_intact_bundle_and_the_next_one_resumes(
    museum: PublishingDesk, tmp_path: Path
) -> None:
    rng, store = random.Random(4), tmp_path / "store"
    sync(FolderSource(museum.folder), store, museum.root, check=verify)
    Bundles(store).confirm()
    killed = switched = 0
    longest_s = 0.1
    for number in range(RUNS):
        name = ("second", "third")[number % 2]
        old = read_manifest(store / "current").bundle_id
        new = museum.publish(museum.folder.parent / name).manifest.bundle_id
        process = start(museum, store)
        time.sleep(rng.random() * longest_s)
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        killed += os.WIFSIGNALED(status)
        found = verify(store / "current").bundle_id
        assert found in (old, new)
        switched += found == new
        began_s = time.monotonic()
        sync(FolderSource(museum.folder), store, museum.root, check=verify)
        if found == old:  # then this sync took about as long as a whole one
            longest_s = 0.9 * longest_s + 0.1 * 1.2 * (time.monotonic() - began_s)
        assert verify(store / "current").bundle_id == new
        assert not list((store / "incoming").iterdir())
        assert all(path.stat().st_nlink > 1 for path in (store / "objects").iterdir())
        Bundles(store).confirm()
        if number % 20 == 19:
            assert len(list((store / "releases").iterdir())) <= 2
    print(
        f"FAULTS kill -9: {RUNS} syncs, {killed} killed before their end, {switched} had switched already, 0 bad"
    )
    assert killed > RUNS // 4
