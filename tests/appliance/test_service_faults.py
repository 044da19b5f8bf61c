"""Faults of the service under real systemd.

They are truncated files, too little memory, hanging threads and a slow processor. Each fault is injected into the
running kiosk, which recovers by itself, logs the fault and counts it.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from installed_kiosk import (
    SERVICE,
    fetch,
    is_well,
    main_process,
    metric,
    phase,
    put_print,
    restarts,
    verdict,
)
from nspawn import REPOSITORY, Booted, System, boot, layer
from resource_limits import limited_memory, limited_processor

STANDINS = REPOSITORY / "tests/standins"
STORE = "/var/lib/printkiosk"
AS_KIOSK = ("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--init-groups", "--")
FOUND = "same_print"
DROP_IN = "[Service]\nEnvironment=PYTHONPATH=/opt/thread_ids\n"
# The worker that hangs, the name of its thread, and its name in the log.
HANGS = [
    ("answers", "answers", "answers"),
    ("page", None, "page"),
    ("stand", "stand", "stand"),
]
FREEZE_S = 200


@pytest.fixture(scope="module")
def booted(trixie: System, layers: Path) -> Iterator[Booted]:
    """A running kiosk with two bundles, which writes its threads' numbers to a file."""
    with layer(trixie, layers / "faults") as system:
        put_print(system)
        shutil.copytree(STANDINS / "thread_ids", system.root / "opt/thread_ids")
        shutil.copy(STANDINS / "frozen_threads.py", system.root / "opt")
        drop_in = system.root / f"etc/systemd/system/{SERVICE}.d/thread_ids.conf"
        drop_in.parent.mkdir(parents=True)
        drop_in.write_text(DROP_IN)
        # Copied into this layer: a process that maps a lower layer's file keeps its content after a truncation.
        releases = f"{STORE}/releases"
        system.run("sh", "-c", f"cd {releases} && mv local-* first.was && cp -a first.was first")
        system.run("sh", "-c", f"cd {releases} && cp -a first.was second && rm -r first.was")
        for name in ("first", "second"):
            system.run(*AS_KIOSK, "printkiosk-device", "bundle", "activate", name)
        with boot(system) as running:
            running.wait_for(
                lambda: verdict(running) == FOUND, limit_s=150, expected="the kiosk answers"
            )
            yield running


def truncate(booted: Booted, release: str) -> None:
    """Truncate the memory-mapped files of a search, like a failing disk."""
    for name in ("index.ann", "details/signatures.npy"):
        booted.run("truncate", "--size=4096", f"{STORE}/releases/{release}/{name}")


def test_one_hanging_thread_is_detected_while_the_others_run(booted: Booted) -> None:
    for worker, thread, logged in HANGS:
        before, starts = restarts(booted), metric(booted, "service_starts")
        with frozen(booted, thread):
            took = booted.wait_for(
                lambda before=before: restarts(booted) > before and verdict(booted) == FOUND,
                limit_s=FREEZE_S,
                expected=f"{worker}: recovered after a hang",
            )
        print(f"APPLIANCE a thread hangs ({worker}): recovered in {took:.1f} s")
        assert metric(booted, "service_starts") == starts + 1
        journal = booted.journal(SERVICE)
        assert f"no progress of {logged}" in journal, journal[-6000:]


class frozen:
    """Freezes a thread of the service by its name.

    `None` is the main thread, which serves the page.
    """

    def __init__(self, booted: Booted, thread: str | None) -> None:
        main = main_process(booted)
        lines = booted.run("cat", "/run/printkiosk/threads").splitlines()
        numbers = {
            name: number for pid, number, name in map(process_thread_and_name, lines) if pid == main
        }
        number = main if thread is None else numbers[thread]
        self._freezer = booted.start("python3", "/opt/frozen_threads.py", str(FREEZE_S), number)

    def __enter__(self) -> None:
        assert self._freezer.stdout is not None
        assert self._freezer.stdout.readline() == "frozen\n"

    def __exit__(self, *_: object) -> None:
        self._freezer.terminate()  # it has already ended if the frozen process is gone
        self._freezer.communicate(timeout=20)


def process_thread_and_name(line: str) -> list[str]:
    """Return the process, the thread's number and its name."""
    return line.split(" ", 2)


def test_the_service_recovers_after_the_kernel_kills_it_for_memory(
    booted: Booted, note_recovery: Callable[[str, float], None]
) -> None:
    before = restarts(booted)

    # Less than a picture's pixels take. The picture itself is decoded by another process, which has no part in this limit.
    with limited_memory(booted, SERVICE, 1 << 20):
        assert verdict(booted) == ""
    took = booted.wait_for(
        lambda: verdict(booted) == FOUND, limit_s=150, expected="the kiosk answers"
    )

    note_recovery("service out of memory (the kernel's own SIGKILL)", took)
    assert restarts(booted) == before + 1


def test_with_a_twentieth_of_the_processor_the_service_answers_and_is_not_ended(
    booted: Booted,
) -> None:
    before = restarts(booted)

    with limited_processor(booted, SERVICE, 0.05):
        found = {verdict(booted) for _ in range(10)}
        slowest = metric(booted, "answer_seconds_sum") / metric(booted, "answer_seconds_count")

    print(f"APPLIANCE a twentieth of a core: {slowest:.1f} s for each answer, not ended")
    assert found == {FOUND}
    assert restarts(booted) == before


def test_a_truncated_file_costs_one_restart_and_the_previous_bundle_answers(
    booted: Booted, note_recovery: Callable[[str, float], None]
) -> None:
    before = restarts(booted)
    truncate(booted, "second")

    assert verdict(booted) == ""
    took = booted.wait_for(
        lambda: verdict(booted) == FOUND, limit_s=150, expected="the kiosk answers"
    )

    note_recovery("index truncated (SIGBUS), with a previous bundle", took)
    assert restarts(booted) == before + 1
    journal = booted.journal(SERVICE)
    assert "signal=BUS" in journal or "status=7/BUS" in journal
    assert "4096 bytes, manifest says" in journal
    assert "the previous bundle answers" in journal
    assert booted.run("readlink", f"{STORE}/current").strip() == "releases/second"


def test_without_an_intact_bundle_the_screen_says_so_until_one_is_activated(
    booted: Booted, note_recovery: Callable[[str, float], None]
) -> None:
    booted.run("cp", "-a", f"{STORE}/releases/first", f"{STORE}/releases/third")
    # The service opens the first bundle, which is still intact.
    booted.run("systemctl", "restart", SERVICE)
    booted.wait_for(lambda: verdict(booted) == FOUND, limit_s=150, expected="the kiosk answers")
    truncate(booted, "first")

    assert verdict(booted) == ""
    took = booted.wait_for(
        lambda: phase(booted) == "no_bundle", limit_s=150, expected="the screen says so"
    )
    note_recovery("index truncated (SIGBUS), without a previous bundle: the screen says so", took)
    assert metric(booted, "well") == 0
    assert "The collection is not available yet" in fetch(
        booted, "/api/v1/search", "/opt/print.jpg"
    )

    booted.run(*AS_KIOSK, "printkiosk-device", "bundle", "activate", "third")
    took = booted.wait_for(lambda: is_well(booted), limit_s=60, expected="the kiosk answers")
    note_recovery("an intact bundle is activated", took)
    assert verdict(booted) == FOUND
