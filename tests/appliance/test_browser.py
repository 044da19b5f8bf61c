"""The kiosk's full-screen browser: the shipped unit, a real cage and a real Chromium.

It differs from a kiosk in a drop-in: the screen is in memory, and there is no terminal.
"""

import io
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from headless_screen import BROWSER, use_headless_screen
from installed_kiosk import is_well, main_process, metric
from nspawn import REPOSITORY, Booted, System, boot, layer
from PIL import Image

OUT = REPOSITORY / "out/appliance"
# The page's background, and the browser's own white.
BACKGROUND, WHITE = (0xF2, 0xED, 0xE2), (255, 255, 255)

# The share of background on a screen with two lines of text and nothing else.
MESSAGE_ONLY = 0.93


@pytest.fixture(scope="module")
def shown(trixie: System, layers: Path) -> Iterator[Booted]:
    """The installed kiosk, booted, with its browser on a screen in memory."""
    with layer(trixie, layers / "screen") as system:
        system.run("apt-get", "install", "-y", "-q", "--no-install-recommends", "grim")
        use_headless_screen(system)
        with boot(system) as booted:
            booted.wait_for(
                lambda: background_share(booted) > 0.3, limit_s=180, expected="the page is shown"
            )
            yield booted


def picture(booted: Booted) -> Image.Image:
    """Return a picture of the screen."""
    user = booted.run("id", "-u", "printkiosk-browser").strip()
    png = booted.bytes_of(
        *("runuser", "-u", "printkiosk-browser", "--", "env", f"XDG_RUNTIME_DIR=/run/user/{user}"),
        *("WAYLAND_DISPLAY=wayland-0", "grim", "-"),
    )
    return Image.open(io.BytesIO(png)).convert("RGB")


def background_share(booted: Booted) -> float:
    """Return the share of the screen that is the page's background; 0 without a picture."""
    try:
        small = picture(booted).resize((64, 36))
    except (AssertionError, OSError, subprocess.CalledProcessError):
        return 0.0
    difference = np.abs(np.asarray(small).astype(int) - BACKGROUND).max(axis=2)
    return float((difference <= 6).mean())


def test_the_page_fills_the_screen_to_its_edges(shown: Booted) -> None:
    screen = picture(shown)
    OUT.mkdir(parents=True, exist_ok=True)
    screen.save(OUT / "screen.png")

    corners = [
        screen.getpixel((x, y)) for x in (0, screen.width - 1) for y in (0, screen.height - 1)
    ]
    assert screen.size == (1280, 720)
    assert WHITE not in corners
    assert len(set(corners)) == 1


def test_a_killed_browser_shows_the_page_again(
    shown: Booted, note_recovery: Callable[[str, float], None]
) -> None:
    shown.run("pkill", "-KILL", "-u", "printkiosk-browser", "-x", "cage")
    shown.wait_for(lambda: background_share(shown) == 0, limit_s=30, expected="the screen is dark")
    took = shown.wait_for(
        lambda: background_share(shown) > 0.3, limit_s=90, expected="the page is back"
    )

    note_recovery("browser killed (SIGKILL)", took)


@pytest.mark.parametrize(
    ("fault", "command"),
    [
        ("browser frozen (SIGSTOP)", ("-STOP", "-x", "chromium")),
        ("page frozen (SIGSTOP), its heartbeat lost", ("-STOP", "-f", "type=renderer")),
        ("page crashed (SIGKILL), its heartbeat lost", ("-KILL", "-f", "type=renderer")),
    ],
)
def test_a_browser_with_a_silent_page_is_restarted(
    shown: Booted, note_recovery: Callable[[str, float], None], fault: str, command: tuple[str, ...]
) -> None:
    before, restarts = shown.show(BROWSER, "MainPID"), metric(shown, "page_renewed_total")

    shown.run("pkill", *command, "-u", "printkiosk-browser")
    took = shown.wait_for(
        lambda: shown.show(BROWSER, "MainPID") not in ("0", before)
        and background_share(shown) > 0.3,
        limit_s=150,
        expected="a new browser",
    )

    note_recovery(fault, took)
    assert metric(shown, "page_renewed_total") == restarts + 1
    shown.wait_for(
        lambda: metric(shown, "page_silent_seconds") < 8,
        limit_s=60,
        expected="the page sends requests",
    )
    time.sleep(3)  # until its second request: only a page that has sent requests counts as silent


def test_the_screen_asks_for_patience_while_the_service_hangs(shown: Booted) -> None:
    assert background_share(shown) < MESSAGE_ONLY

    shown.run("kill", "-STOP", main_process(shown))
    took = shown.wait_for(
        lambda: background_share(shown) > MESSAGE_ONLY, limit_s=60, expected="the screen says so"
    )
    picture(shown).save(OUT / "moment.png")
    shown.wait_for(
        lambda: is_well(shown) and background_share(shown) < MESSAGE_ONLY,
        limit_s=150,
        expected="the page is back",
    )

    print(f"APPLIANCE service frozen: the screen asks for patience after {took:.1f} s")


def test_the_browser_policy_blocks_all_other_pages(shown: Booted) -> None:
    policy = json.loads(shown.run("cat", "/etc/chromium/policies/managed/printkiosk.json"))

    assert policy["URLBlocklist"] == ["*"]
    assert "127.0.0.1" in " ".join(policy["URLAllowlist"])
    assert "Invalid pattern" not in shown.journal(BROWSER)


def test_the_nightly_restart_gives_the_browser_a_new_profile(shown: Booted) -> None:
    folder = "/run/printkiosk-browser/profile"
    shown.run("touch", f"{folder}/yesterday")

    shown.run("systemctl", "start", "printkiosk-fresh-browser.service")
    shown.wait_for(lambda: background_share(shown) > 0.3, limit_s=90, expected="the page is back")

    assert "yesterday" not in shown.run("ls", folder)


def test_the_screen_follows_the_opening_hours(shown: Booted) -> None:
    shown.run("printkiosk-hours", "10:00", "18:00")
    timers = shown.run("systemctl", "list-timers", "--no-pager")
    shown.run("systemctl", "start", "printkiosk-closing.service")
    time.sleep(1)
    closed = shown.is_active(BROWSER)
    shown.run("systemctl", "start", "printkiosk-silent.service")
    restarted = shown.is_active(BROWSER)
    shown.run("systemctl", "start", "printkiosk-opening.service")
    shown.wait_for(lambda: background_share(shown) > 0.3, limit_s=90, expected="the page is back")
    shown.run("printkiosk-hours", "off")

    assert "10:00:00" in timers and "18:00:00" in timers
    assert (closed, restarted) == (False, False)
    assert "printkiosk-closing.timer" not in shown.run("systemctl", "list-timers", "--no-pager")
