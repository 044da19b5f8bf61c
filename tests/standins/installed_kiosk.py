"""Requests to the kiosk on a booted system, made inside it over its loopback."""

import json
import re

from nspawn import REPOSITORY, Booted, System

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


def put_print(system: System) -> None:
    """Put the picture of a print into a system, for `verdict`."""
    (system.root / "opt/print.jpg").write_bytes(_PRINT.read_bytes())


def fetch(booted: Booted, path: str, *more: str) -> str:
    """Return the body of the kiosk's response, of any status; fail without a response."""
    return booted.run(PYTHON, "-c", _ASK, PAGE + path, *more)


def is_well(booted: Booted) -> bool:
    """Return whether the kiosk is ready for visitors."""
    try:
        return bool(json.loads(fetch(booted, "/healthz"))["well"])
    except AssertionError:
        return False


def verdict(booted: Booted) -> str:
    """Return the verdict on a print of the bundle; empty without one."""
    try:
        return str(json.loads(fetch(booted, "/api/v1/search", "/opt/print.jpg"))["verdict"])
    except (AssertionError, KeyError):
        return ""


def phase(booted: Booted) -> str:
    """Return the phase that the stand's screen shows; empty without a response."""
    try:
        return str(json.loads(fetch(booted, "/healthz"))["phase"])
    except AssertionError:
        return ""


def metric(booted: Booted, name: str) -> float:
    """Return one metric, as Prometheus reads it."""
    found = re.search(rf"(?m)^printkiosk_{name} (\S+)$", fetch(booted, "/metrics"))
    assert found, f"{name}: not among the metrics"
    return float(found.group(1))


def restarts(booted: Booted) -> int:
    """Return how often systemd has restarted the service."""
    return int(booted.show(SERVICE, "NRestarts"))


def main_process(booted: Booted) -> str:
    """Return the number of the service's process within the system."""
    return booted.show(SERVICE, "MainPID")
