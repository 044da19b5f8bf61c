"""Faults of the service under real systemd: a file that ends too soon, no memory, threads that hang, a machine too slow.

Each is injected into the installed kiosk as it runs; each time it is back by itself, says what is to be said, and counts it.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from installed_kiosk import (
    SERVICE,
    fetched,
    is_well,
    lay_print,
    main_process,
    metric,
    phase,
    restarts,
    verdict,
)
from root_file_system import REPOSITORY, Booted, System, boot, layer
from tight import little_memory, little_processor

STANDINS = REPOSITORY / "tests/standins"
STORE = "/var/lib/printkiosk"
AS_KIOSK = ("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--init-groups", "--")
FOUND = "same_print"
TOLD = "[Service]\nEnvironment=PYTHONPATH=/opt/told\n"
# What hangs, which thread that is, and how it is told of.
HANGS = [
    ("answers", "answers", "answers"),
    ("page", None, "page"),
    ("stand", "stand", "stand"),
]
HELD_S = 200


@pytest.fixture(scope="module")
def booted(trixie: System, layers: Path) -> Iterator[Booted]:
    """An installed kiosk that runs, with a second bundle beside the first, and that tells its threads' numbers."""
    with layer(trixie, layers / "faults") as system:
        lay_print(system)
        shutil.copytree(STANDINS / "told_threads", system.root / "opt/told")
        shutil.copy(STANDINS / "held_threads.py", system.root / "opt")
        drop_in = system.root / f"etc/systemd/system/{SERVICE}.d/told.conf"
        drop_in.parent.mkdir(parents=True)
        drop_in.write_text(TOLD)
        # Copied, so that their bytes lie in this layer: those of a layer below would outlive what is done to them.
        releases = f"{STORE}/releases"
        system.run("sh", "-c", f"cd {releases} && mv local-* first.was && cp -a first.was first")
        system.run("sh", "-c", f"cd {releases} && cp -a first.was second && rm -r first.was")
        for name in ("first", "second"):
            system.run(*AS_KIOSK, "printkiosk-device", "bundle", "activate", name)
        with boot(system) as running:
            running.wait_for(lambda: verdict(running) == FOUND, limit_s=150, told="it answers")
            yield running


def cut(booted: Booted, release: str) -> None:
    """Cut the files that a search reads from memory, as a failing disk or hand would."""
    for name in ("index.ann", "details/signatures.npy"):
        booted.run("truncate", "--size=4096", f"{STORE}/releases/{release}/{name}")


def test_a_thread_that_hangs_is_not_covered_up_by_the_others(booted: Booted) -> None:
    for what, thread, told in HANGS:
        before, starts = restarts(booted), metric(booted, "service_starts")
        with held(booted, thread):
            took = booted.wait_for(
                lambda before=before: restarts(booted) > before and verdict(booted) == FOUND,
                limit_s=HELD_S,
                told=f"{what}: back after a hang",
            )
        print(f"APPLIANCE a thread hangs ({what}): noticed, and back in {took:.1f} s")
        assert metric(booted, "service_starts") == starts + 1
        said = booted.journal(SERVICE)
        assert f"nothing comes of {told}" in said, said[-6000:]


class held:
    """Holds a thread of the service, by its name; `None` for the main one, which serves the page."""

    def __init__(self, booted: Booted, thread: str | None) -> None:
        main = main_process(booted)
        lines = booted.run("cat", "/run/printkiosk/threads").splitlines()
        numbers = {name: number for pid, number, name in map(split, lines) if pid == main}
        number = main if thread is None else numbers[thread]
        self._holder = booted.started("python3", "/opt/held_threads.py", str(HELD_S), number)

    def __enter__(self) -> None:
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "held\n"

    def __exit__(self, *_: object) -> None:
        self._holder.terminate()  # has ended already where what it held is gone
        self._holder.communicate(timeout=20)


def split(line: str) -> list[str]:
    """Give process, thread and name."""
    return line.split(" ", 2)


def test_out_of_memory_it_is_ended_by_the_kernel_and_back(
    booted: Booted, noted: Callable[[str, float], None]
) -> None:
    before = restarts(booted)

    with little_memory(booted, SERVICE, 8 << 20):
        assert verdict(booted) == ""
    took = booted.wait_for(lambda: verdict(booted) == FOUND, limit_s=150, told="it answers")

    noted("service out of memory (the kernel's own SIGKILL)", took)
    assert restarts(booted) == before + 1


def test_on_a_machine_twenty_times_too_slow_it_answers_and_nobody_ends_it(booted: Booted) -> None:
    before = restarts(booted)

    with little_processor(booted, SERVICE, 0.05):
        found = {verdict(booted) for _ in range(10)}
        slowest = metric(booted, "answer_seconds_sum") / metric(booted, "answer_seconds_count")

    print(f"APPLIANCE a twentieth of a core: {slowest:.1f} s an answer, nobody ended it")
    assert found == {FOUND}
    assert restarts(booted) == before


def test_a_file_cut_under_its_feet_costs_one_start_and_the_bundle_before_answers(
    booted: Booted, noted: Callable[[str, float], None]
) -> None:
    before = restarts(booted)
    cut(booted, "second")

    assert verdict(booted) == ""
    took = booted.wait_for(lambda: verdict(booted) == FOUND, limit_s=150, told="it answers")

    noted("index cut short (SIGBUS), a bundle before", took)
    assert restarts(booted) == before + 1
    journal = booted.journal(SERVICE)
    assert "signal=BUS" in journal or "status=7/BUS" in journal
    assert "4096 bytes, manifest says" in journal
    assert "the bundle before answers" in journal
    assert booted.run("readlink", f"{STORE}/current").strip() == "releases/second"


def test_with_no_whole_bundle_left_the_screen_says_so_until_there_is_one(
    booted: Booted, noted: Callable[[str, float], None]
) -> None:
    booted.run("cp", "-a", f"{STORE}/releases/first", f"{STORE}/releases/third")
    booted.run("systemctl", "restart", SERVICE)  # so that it reads the first, which is whole
    booted.wait_for(lambda: verdict(booted) == FOUND, limit_s=150, told="it answers")
    cut(booted, "first")

    assert verdict(booted) == ""
    took = booted.wait_for(lambda: phase(booted) == "no_bundle", limit_s=150, told="it says so")
    noted("index cut short (SIGBUS), none before: the screen says so", took)
    assert metric(booted, "well") == 0
    assert "The collection is not here yet" in fetched(booted, "/api/v1/search", "/opt/print.jpg")

    booted.run(*AS_KIOSK, "printkiosk-device", "bundle", "activate", "third")
    took = booted.wait_for(lambda: is_well(booted), limit_s=60, told="it answers")
    noted("a whole bundle is activated", took)
    assert verdict(booted) == FOUND
