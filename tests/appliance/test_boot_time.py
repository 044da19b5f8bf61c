"""The time from the start of the service to the first answer and page."""

import os
import re
from pathlib import Path

from headless_screen import BROWSER, use_headless_screen
from nspawn import REPOSITORY, Booted, System, boot, layer

SERVICE = "printkiosk.service"
PRINT = REPOSITORY / "demo/collection/images/pg8710-001.jpg"
# Uploads a print until the kiosk answers, and prints the time of the answer.
ASK = """
import json, sys, time, urllib.request as web
page, picture = "http://127.0.0.1:8080", open(sys.argv[1], "rb").read()
for _ in range(600):
    try:
        asked = web.Request(page + "/api/v1/search", data=picture, headers={"Content-Type": "image/jpeg", "Origin": page})
        answer = json.load(web.urlopen(asked, timeout=30))
        break
    except OSError:
        time.sleep(0.05)
print(time.monotonic(), answer["verdict"])
"""
LIMIT_S = 8.0
# KIOSK_IDLE marks a machine without other work; elsewhere the limit is five times as long.
SLACK = 1.0 if os.environ.get("KIOSK_IDLE") else 5.0


def test_the_kiosk_answers_and_shows_its_page_within_the_limit(
    trixie: System, layers: Path
) -> None:
    with layer(trixie, layers / "starting") as system:
        use_headless_screen(system)
        (system.root / "opt/ask.py").write_text(ASK)
        (system.root / "opt/print.jpg").write_bytes(PRINT.read_bytes())
        with boot(system) as booted:
            output = booted.run("/opt/printkiosk/venv/bin/python", "/opt/ask.py", "/opt/print.jpg")
            booted.wait_for(lambda: _shown(booted) > 0, limit_s=120, expected="the page is shown")
            steps = {
                "started by systemd": _stamp(booted, SERVICE, "ExecMainStartTimestampMonotonic"),
                "ready (model and bundle open)": _stamp(
                    booted, SERVICE, "ActiveEnterTimestampMonotonic"
                ),
                "first answer": float(output.split()[0]),
                "browser started": _stamp(booted, BROWSER, "ExecMainStartTimestampMonotonic"),
                "page shown": _shown(booted),
            }

    started_s = steps["started by systemd"]
    last = max(steps.values()) - started_s
    print("APPLIANCE from the start of the service to the first answer")
    for step, at in sorted(steps.items(), key=lambda s: s[1]):
        print(f"  {at - started_s:6.2f} s  {step}")
    assert output.split()[1] == "same_print"
    assert last <= LIMIT_S * SLACK


def _stamp(booted: Booted, unit: str, what: str) -> float:
    return int(booted.show(unit, what)) / 1e6


def _shown(booted: Booted) -> float:
    """Return the time of a page's first request, 0 without one."""
    found = re.search(r"\[\s*([\d.]+)\].*a page is shown", booted.journal(SERVICE))
    return float(found.group(1)) if found else 0.0
