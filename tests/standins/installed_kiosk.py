"""The kiosk on an installed system, asked from within: nobody else sees its loopback."""

import json
import re

from root_file_system import REPOSITORY, Booted, System

SERVICE = "printkiosk.service"
PYTHON = "/opt/printkiosk/venv/bin/python"
PAGE = "http://127.0.0.1:8080"
_PRINT = REPOSITORY / "demo/collection/images/pg8710-001.jpg"
_ASK = """
import sys, urllib.request as web
data = open(sys.argv[2], "rb").read() if len(sys.argv) > 2 else None
own = {"Content-Type": "image/jpeg", "Origin": sys.argv[1][:21], "Sec-Fetch-Site": "same-origin"}
try:
    print(web.urlopen(web.Request(sys.argv[1], data=data, headers=own), timeout=30).read().decode())
except web.HTTPError as error:
    print(error.read().decode())
"""


def lay_print(system: System) -> None:
    """Put the picture of a print where `verdict` finds it."""
    (system.root / "opt/print.jpg").write_bytes(_PRINT.read_bytes())


def fetched(booted: Booted, path: str, *more: str) -> str:
    """Give what the kiosk answers, whatever its status; fails the test where there is no answer."""
    return booted.run(PYTHON, "-c", _ASK, PAGE + path, *more)


def is_well(booted: Booted) -> bool:
    """Whether visitors can be answered."""
    try:
        return bool(json.loads(fetched(booted, "/healthz"))["well"])
    except AssertionError:
        return False


def verdict(booted: Booted) -> str:
    """Give what the kiosk says of a print of its own; empty where it says nothing."""
    try:
        return str(json.loads(fetched(booted, "/api/v1/search", "/opt/print.jpg"))["verdict"])
    except (AssertionError, KeyError):
        return ""


def phase(booted: Booted) -> str:
    """Give what the stand's screen shows; empty where it shows nothing."""
    try:
        return str(json.loads(fetched(booted, "/healthz"))["phase"])
    except AssertionError:
        return ""


def metric(booted: Booted, name: str) -> float:
    """Give one number as Prometheus would read it."""
    found = re.search(rf"(?m)^printkiosk_{name} (\S+)$", fetched(booted, "/metrics"))
    assert found, f"{name}: not among the metrics"
    return float(found.group(1))


def restarts(booted: Booted) -> int:
    """Give how often systemd has started the service anew."""
    return int(booted.show(SERVICE, "NRestarts"))


def main_process(booted: Booted) -> str:
    """Give the number of the service's process within the system."""
    return booted.show(SERVICE, "MainPID")
