"""The kiosk's browser, full screen: the shipped unit, a real cage and a real Chromium, on a screen that nobody sees.

What differs from a kiosk: the screen is in memory, and there is no terminal (a drop-in says so).
"""

import io
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from installed_kiosk import is_well, main_process, metric
from PIL import Image
from root_file_system import REPOSITORY, Booted, System, boot, layer
from screen_in_memory import BROWSER, show_in_memory

OUT = REPOSITORY / "out/appliance"
# The page's ground, and the browser's own white.
GROUND, WHITE = (0xF2, 0xED, 0xE2), (255, 255, 255)

# So much of the screen is the page's ground where there are two lines and nothing else.
BARE = 0.93


@pytest.fixture(scope="module")
def shown(trixie: System, layers: Path) -> Iterator[Booted]:
    """The installed kiosk, booted, with its browser on a screen in memory."""
    with layer(trixie, layers / "screen") as system:
        system.run("apt-get", "install", "-y", "-q", "--no-install-recommends", "grim")
        show_in_memory(system)
        with boot(system) as booted:
            booted.wait_for(lambda: ground(booted) > 0.3, limit_s=180, told="the page is shown")
            yield booted


def picture(booted: Booted) -> Image.Image:
    """Give what is on the screen."""
    user = booted.run("id", "-u", "printkiosk-browser").strip()
    seen = booted.bytes_of(
        *("runuser", "-u", "printkiosk-browser", "--", "env", f"XDG_RUNTIME_DIR=/run/user/{user}"),
        *("WAYLAND_DISPLAY=wayland-0", "grim", "-"),
    )
    return Image.open(io.BytesIO(seen)).convert("RGB")


def ground(booted: Booted) -> float:
    """Give what share of the screen has the page's own ground; 0 where nothing can be seen yet."""
    try:
        small = picture(booted).resize((64, 36))
    except (AssertionError, OSError, subprocess.CalledProcessError):
        return 0.0
    away = np.abs(np.asarray(small).astype(int) - GROUND).max(axis=2)
    return float((away <= 6).mean())


def test_the_page_fills_the_screen_to_its_edges(shown: Booted) -> None:
    seen = picture(shown)
    OUT.mkdir(parents=True, exist_ok=True)
    seen.save(OUT / "screen.png")

    corners = [seen.getpixel((x, y)) for x in (0, seen.width - 1) for y in (0, seen.height - 1)]
    assert seen.size == (1280, 720)
    assert WHITE not in corners
    assert len(set(corners)) == 1


def test_a_browser_that_is_killed_shows_the_page_again(
    shown: Booted, noted: Callable[[str, float], None]
) -> None:
    shown.run("pkill", "-KILL", "-u", "printkiosk-browser", "-x", "cage")
    shown.wait_for(lambda: ground(shown) == 0, limit_s=30, told="the screen is dark")
    took = shown.wait_for(lambda: ground(shown) > 0.3, limit_s=90, told="the page is back")

    noted("browser killed (SIGKILL)", took)


@pytest.mark.parametrize(
    ("fault", "command"),
    [
        ("browser frozen (SIGSTOP)", ("-STOP", "-x", "chromium")),
        ("page frozen (SIGSTOP): its heartbeat lost", ("-STOP", "-f", "type=renderer")),
        ("page crashed (SIGKILL): its heartbeat lost", ("-KILL", "-f", "type=renderer")),
    ],
)
def test_a_browser_whose_page_is_silent_is_started_anew(
    shown: Booted, noted: Callable[[str, float], None], fault: str, command: tuple[str, ...]
) -> None:
    before, renewed = shown.show(BROWSER, "MainPID"), metric(shown, "page_renewed_total")

    shown.run("pkill", *command, "-u", "printkiosk-browser")
    took = shown.wait_for(
        lambda: shown.show(BROWSER, "MainPID") not in ("0", before) and ground(shown) > 0.3,
        limit_s=150,
        told="a new browser",
    )

    noted(fault, took)
    assert metric(shown, "page_renewed_total") == renewed + 1
    shown.wait_for(
        lambda: metric(shown, "page_silent_seconds") < 8, limit_s=60, told="the page asks"
    )
    time.sleep(3)  # its second question: what is silent after it has asked is silent, not starting


def test_while_the_service_hangs_the_screen_says_so_and_then_goes_on(shown: Booted) -> None:
    assert ground(shown) < BARE

    shown.run("kill", "-STOP", main_process(shown))
    took = shown.wait_for(lambda: ground(shown) > BARE, limit_s=60, told="the screen says so")
    picture(shown).save(OUT / "moment.png")
    shown.wait_for(
        lambda: is_well(shown) and ground(shown) < BARE, limit_s=150, told="the page is back"
    )

    print(f"APPLIANCE service frozen: the screen asks for a moment's patience after {took:.1f} s")


def test_no_other_page_can_be_reached(shown: Booted) -> None:
    policy = json.loads(shown.run("cat", "/etc/chromium/policies/managed/printkiosk.json"))

    assert policy["URLBlocklist"] == ["*"]
    assert "127.0.0.1" in " ".join(policy["URLAllowlist"])
    assert "Invalid pattern" not in shown.journal(BROWSER)


def test_a_new_browser_each_night_has_a_profile_of_its_own(shown: Booted) -> None:
    folder = "/run/printkiosk-browser/profile"
    shown.run("touch", f"{folder}/of-yesterday")

    shown.run("systemctl", "start", "printkiosk-fresh-browser.service")
    shown.wait_for(lambda: ground(shown) > 0.3, limit_s=90, told="the page is back")

    assert "of-yesterday" not in shown.run("ls", folder)


def test_the_screen_follows_the_museums_hours(shown: Booted) -> None:
    shown.run("printkiosk-hours", "10:00", "18:00")
    timers = shown.run("systemctl", "list-timers", "--no-pager")
    shown.run("systemctl", "start", "printkiosk-closing.service")
    time.sleep(1)
    closed = shown.is_active(BROWSER)
    shown.run("systemctl", "start", "printkiosk-silent.service")
    restarted = shown.is_active(BROWSER)
    shown.run("systemctl", "start", "printkiosk-opening.service")
    shown.wait_for(lambda: ground(shown) > 0.3, limit_s=90, told="the page is back")
    shown.run("printkiosk-hours", "off")

    assert "10:00:00" in timers and "18:00:00" in timers
    assert (closed, restarted) == (False, False)
    assert "printkiosk-closing.timer" not in shown.run("systemctl", "list-timers", "--no-pager")
