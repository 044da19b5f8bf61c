"""Faults of the environment: clock, port, second kiosk, network, read-only disk."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nspawn import Booted, System, boot, layer

SERVICE = "printkiosk.service"
PYTHON = "/opt/printkiosk/venv/bin/python"
ASK = (
    "import urllib.request, sys;"
    "print(urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=10).read().decode())"
)


def is_well(booted: Booted) -> bool:
    """Return whether the kiosk is ready for visitors."""
    try:
        return bool(json.loads(booted.run(PYTHON, "-c", ASK))["well"])
    except AssertionError:
        return False


@pytest.fixture(scope="module")
def booted(trixie: System, layers: Path) -> Iterator[Booted]:
    """A kiosk with loopback as its only network, and with libfaketime."""
    with layer(trixie, layers / "adversity") as system:
        system.run("apt-get", "install", "-y", "-q", "--no-install-recommends", "libfaketime")
        with boot(system) as running:
            running.wait_for(lambda: is_well(running), limit_s=150, expected="the kiosk is well")
            yield running


def test_the_kiosk_works_without_a_network(booted: Booted) -> None:
    lines = booted.run("cat", "/proc/net/dev").splitlines()[2:]

    assert [line.split(":")[0].strip() for line in lines] == ["lo"]
    assert is_well(booted)


@pytest.mark.parametrize("time", ["1970-01-02 00:00:00", "2046-01-01 00:00:00"])
def test_the_kiosk_works_with_a_clock_that_is_wrong_by_decades(booted: Booted, time: str) -> None:
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
        environment = booted.run(
            "sh", "-c", "tr '\\0' '\\n' < /proc/$(systemctl show -P MainPID printkiosk)/environ"
        )
        assert f"FAKETIME={time}" in environment
    finally:
        booted.run("rm", "-r", f"/run/systemd/system/{SERVICE}.d")
        booted.run("systemctl", "daemon-reload")
        booted.run("systemctl", "restart", SERVICE)


def test_a_second_kiosk_reports_why_it_ends_and_the_first_keeps_running(booted: Booted) -> None:
    main = booted.show(SERVICE, "MainPID")

    output = booted.run("sh", "-c", "/opt/printkiosk/venv/bin/printkiosk 2>&1; echo code $?")

    assert "127.0.0.1:8080: can't listen" in output and "choose another --port" in output
    assert "code 1" in output
    assert booted.show(SERVICE, "MainPID") == main
    assert is_well(booted)


def test_a_taken_port_is_tried_again_until_it_is_free(booted: Booted) -> None:
    booted.run("systemctl", "stop", SERVICE)
    booted.run(
        "systemd-run",
        "--unit=other-server",
        PYTHON,
        "-m",
        "http.server",
        "--bind=127.0.0.1",
        "8080",
    )
    booted.wait_for(
        lambda: booted.is_active("other-server"), limit_s=30, expected="another server listens"
    )

    booted.run("systemctl", "start", "--no-block", SERVICE)
    booted.wait_for(
        lambda: int(booted.show(SERVICE, "NRestarts")) >= 2,
        limit_s=120,
        expected="the service is restarted",
    )
    checks = booted.run("sh", "-c", "printkiosk-device doctor --without-camera || true")
    booted.run("systemctl", "stop", "other-server")
    booted.wait_for(lambda: is_well(booted), limit_s=120, expected="the kiosk has its port")

    assert "can't listen" in booted.journal(SERVICE)
    assert "FAIL address" in checks and "ss -ltnp" in checks


def test_with_a_read_only_root_the_kiosk_works_and_switches_its_bundle(
    trixie: System, scratch: Path
) -> None:
    with layer(trixie, scratch) as system:
        data = scratch / "data"
        shutil.copytree(system.root / "var/lib/printkiosk", data, symlinks=True)
        system.run("chown", "-R", "printkiosk:", "/mnt", options=(f"--bind={data}:/mnt",))
        options = ("--read-only", f"--bind={data}:/var/lib/printkiosk")
        with boot(system, *options, "--tmpfs=/var/tmp", "--tmpfs=/var/log") as booted:
            booted.wait_for(lambda: is_well(booted), limit_s=150, expected="the kiosk is well")
            written = booted.run(
                "sh",
                "-c",
                "touch /etc/x /opt/x /var/lib/x 2>/dev/null; ls /etc/x /opt/x 2>/dev/null || true",
            )
            switched = booted.run(
                *("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--init-groups", "--"),
                *(
                    "sh",
                    "-c",
                    "printkiosk-device bundle activate $(ls /var/lib/printkiosk/releases)",
                ),
            )
            is_well_afterwards = is_well(booted)

    assert written == ""
    assert "is now the current bundle" in switched
    assert is_well_afterwards
