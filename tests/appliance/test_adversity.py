"""What a kiosk meets in its years: a wrong clock, a taken port, a second kiosk, no network, a disk that can't be written."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from root_file_system import Booted, System, boot, layer

SERVICE = "printkiosk.service"
PYTHON = "/opt/printkiosk/venv/bin/python"
ASK = (
    "import urllib.request, sys;"
    "print(urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=10).read().decode())"
)


def is_well(booted: Booted) -> bool:
    try:
        return bool(json.loads(booted.run(PYTHON, "-c", ASK))["well"])
    except AssertionError:
        return False


@pytest.fixture(scope="module")
def booted(trixie: System, layers: Path) -> Iterator[Booted]:
    """A kiosk with nothing but its own loopback, and what tells a program another time."""
    with layer(trixie, layers / "adversity") as system:
        system.run("apt-get", "install", "-y", "-q", "--no-install-recommends", "libfaketime")
        with boot(system) as running:
            running.wait_for(lambda: is_well(running), limit_s=150, told="the kiosk is well")
            yield running


def test_no_network_is_no_trouble(booted: Booted) -> None:
    lines = booted.run("cat", "/proc/net/dev").splitlines()[2:]

    assert [line.split(":")[0].strip() for line in lines] == ["lo"]
    assert is_well(booted)


@pytest.mark.parametrize("time", ["1970-01-02 00:00:00", "2046-01-01 00:00:00"])
def test_a_clock_that_is_wrong_by_decades_is_no_trouble(booted: Booted, time: str) -> None:
    drop_in = booted.system.root / f"run-{SERVICE}.conf"
    drop_in.write_text(
        "[Service]\nEnvironment=FAKETIME_DONT_FAKE_MONOTONIC=1 "
        f'"FAKETIME={time}" LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1\n'
    )
    booted.run(
        "sh",
        "-c",
        f"mkdir -p /run/systemd/system/{SERVICE}.d && cp /run-{SERVICE}.conf /run/systemd/system/{SERVICE}.d/clock.conf",
    )
    booted.run("systemctl", "daemon-reload")
    try:
        booted.run("systemctl", "restart", SERVICE)
        assert is_well(booted)
        told = booted.run(
            "sh", "-c", "tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID printkiosk)/environ"
        )
        assert f"FAKETIME={time}" in told
    finally:
        booted.run("rm", "-r", f"/run/systemd/system/{SERVICE}.d")
        booted.run("systemctl", "daemon-reload")
        booted.run("systemctl", "restart", SERVICE)


def test_a_second_kiosk_says_why_it_ends_and_the_first_goes_on(booted: Booted) -> None:
    main = booted.show(SERVICE, "MainPID")

    said = booted.run("sh", "-c", "/opt/printkiosk/venv/bin/printkiosk 2>&1; echo code $?")

    assert "127.0.0.1:8080: can't listen" in said and "give --port another" in said
    assert "code 1" in said
    assert booted.show(SERVICE, "MainPID") == main
    assert is_well(booted)


def test_a_port_that_is_taken_is_tried_again_until_it_is_free(booted: Booted) -> None:
    booted.run("systemctl", "stop", SERVICE)
    booted.run(
        "systemd-run", "--unit=stranger", PYTHON, "-m", "http.server", "--bind=127.0.0.1", "8080"
    )
    booted.wait_for(lambda: booted.is_active("stranger"), limit_s=30, told="a stranger listens")

    booted.run("systemctl", "start", "--no-block", SERVICE)
    booted.wait_for(
        lambda: int(booted.show(SERVICE, "NRestarts")) >= 2, limit_s=120, told="tried again"
    )
    advice = booted.run("sh", "-c", "printkiosk-device doctor --without-camera || true")
    booted.run("systemctl", "stop", "stranger")
    booted.wait_for(lambda: is_well(booted), limit_s=120, told="the kiosk has its port")

    assert "can't listen" in booted.journal(SERVICE)
    assert "FAIL address" in advice and "ss -ltnp" in advice


def test_on_a_read_only_root_the_kiosk_answers_and_changes_its_bundle(
    trixie: System, scratch: Path
) -> None:
    with layer(trixie, scratch) as system:
        data = scratch / "data"
        shutil.copytree(system.root / "var/lib/printkiosk", data, symlinks=True)
        system.run("chown", "-R", "printkiosk:", "/mnt", options=(f"--bind={data}:/mnt",))
        options = ("--read-only", f"--bind={data}:/var/lib/printkiosk")
        with boot(system, *options, "--tmpfs=/var/tmp", "--tmpfs=/var/log") as booted:
            booted.wait_for(lambda: is_well(booted), limit_s=150, told="the kiosk is well")
            written = booted.run(
                "sh",
                "-c",
                "touch /etc/x /opt/x /var/lib/x 2>/dev/null; ls /etc/x /opt/x 2>/dev/null || true",
            )
            changed = booted.run(
                *("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--init-groups", "--"),
                *(
                    "sh",
                    "-c",
                    "printkiosk-device bundle activate $(ls /var/lib/printkiosk/releases)",
                ),
            )
            again = is_well(booted)

    assert written == ""
    assert "answers from now on" in changed
    assert again
