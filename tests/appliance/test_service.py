"""The installed kiosk's service under real systemd: watched, sandboxed, restarted."""

import re
from collections.abc import Callable, Iterator

import pytest
from installed_kiosk import SERVICE, fetch, is_well, metric, restarts
from nspawn import Booted, System, boot, layer


@pytest.fixture(scope="module")
def booted(trixie: System, layers) -> Iterator[Booted]:
    """An installed kiosk that runs."""
    with layer(trixie, layers / "booted") as system, boot(system) as running:
        running.wait_for(
            lambda: running.is_active(SERVICE), limit_s=150, expected="the kiosk is ready"
        )
        yield running


def test_the_kiosk_is_ready_only_once_it_answers(booted: Booted) -> None:
    assert booted.show(SERVICE, "Type") == "notify"
    assert is_well(booted)
    assert "<html" in fetch(booted, "/")


def test_no_unit_fails_at_boot(booted: Booted) -> None:
    assert "0 loaded units" in booted.run("systemctl", "--failed", "--no-pager")


def test_the_hardware_watchdog_is_enabled_for_a_hanging_kernel(booted: Booted) -> None:
    assert "RuntimeWatchdogUSec=14s" in booted.run(
        "systemctl", "show", "--property=RuntimeWatchdogUSec"
    )


def test_the_screens_terminal_has_no_login(booted: Booted) -> None:
    assert booted.show("getty@tty1.service", "ActiveState") == "inactive"
    assert booted.show("printkiosk-browser.service", "UnitFileState") == "enabled"


def test_a_hanging_service_is_ended_by_the_watchdog_and_answers_again(
    booted: Booted, note_recovery: Callable[[str, float], None]
) -> None:
    before, main = restarts(booted), booted.show(SERVICE, "MainPID")

    booted.run("kill", "-STOP", main)
    took = booted.wait_for(
        lambda: restarts(booted) > before and is_well(booted),
        limit_s=150,
        expected="recovered after a hang",
    )

    note_recovery("service frozen (SIGSTOP)", took)
    assert "watchdog" in booted.journal(SERVICE)
    assert metric(booted, "service_starts") >= 2


@pytest.mark.parametrize("signal", ["KILL", "SEGV", "BUS", "ABRT"])
def test_a_killed_service_answers_again(
    booted: Booted, note_recovery: Callable[[str, float], None], signal: str
) -> None:
    before = restarts(booted)

    booted.run("kill", f"-{signal}", booted.show(SERVICE, "MainPID"))
    took = booted.wait_for(
        lambda: restarts(booted) > before and is_well(booted),
        limit_s=150,
        expected=f"recovered after SIG{signal}",
    )

    note_recovery(f"service ended by SIG{signal}", took)


def test_the_service_reads_and_writes_only_what_it_needs(booted: Booted) -> None:
    main = booted.show(SERVICE, "MainPID")
    user = ("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--clear-groups")
    script = (
        "for f in /etc/x /opt/printkiosk/x /usr/x /var/lib/x /root/x /home/x /boot/x /proc/sys/kernel/hostname; do"
        " (echo > $f) 2>/dev/null && echo written $f; done;"
        " ls /root /home >/dev/null 2>&1 && echo seen; touch /var/lib/printkiosk/.try && rm /var/lib/printkiosk/.try && echo store"
    )

    output = booted.run("nsenter", "-t", main, "-m", "--", *user, "sh", "-c", script)
    status = booted.run("cat", f"/proc/{main}/status")

    assert output.split() == ["store"]
    assert re.search(r"NoNewPrivs:\s1", status) and re.search(r"Seccomp:\s2", status)
    assert set(re.findall(r"Cap(?:Prm|Eff|Bnd|Amb):\s(\d+)", status)) == {"0" * 16}


def test_the_running_units_exposure_is_at_most_what_is_promised(booted: Booted) -> None:
    output = booted.run("systemd-analyze", "security", "--no-pager", "--threshold=15", SERVICE)

    print("APPLIANCE", output.strip().splitlines()[-1].strip("→ "))
