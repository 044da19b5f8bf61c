"""What of the machine itself is right for a kiosk and what isn't: system, clock, room, port, screen.

Looks and changes nothing; what isn't there is found, not an error.
"""

import json
import platform
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from device.cameras import pi
from device.config import Config, ListenConfig

_ASKED_FOR_S = 3.0
# This machine is asked, whatever proxy the museum's network has.
_ASK = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# A bundle and the one that takes its place lie side by side for a while.
_ROOM_BYTES = 500_000_000
_POLICY = Path("/etc/chromium/policies/managed/printkiosk.json")
_INSTALLED = Path("/opt/printkiosk/venv")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCheck:
    """One thing looked at: what was found, and advice where it isn't good."""

    what: str
    found: str
    is_good: bool
    advice: str = ""


def examine(config: Config) -> Iterator[HostCheck]:
    """Look at the machine; on one that wasn't set up by the installer the screen is left out."""
    found = f"{_model()}, {_system()}, Python {platform.python_version()} on {platform.machine()}"
    yield HostCheck(what="machine", found=found, is_good=True)
    yield _cameras()
    yield _clock()
    yield _room(config.store)
    yield _port(config.listen)
    if _INSTALLED.exists():
        yield _screen()


def is_answered_by_us(listen: ListenConfig) -> bool:
    """Whether a kiosk of ours answers at this address now."""
    try:
        address = f"http://{listen.host}:{listen.port}/healthz"
        with _ASK.open(address, timeout=_ASKED_FOR_S) as response:
            return "well" in json.load(response)
    except urllib.error.HTTPError as error:
        return error.code == 503  # one that isn't well is ours all the same
    except (OSError, ValueError):
        return False


def _cameras() -> HostCheck:
    if pi.is_supported():
        found = "picamera2 is here: a Raspberry Pi's camera can be used"
    else:
        found = (
            "picamera2 is not here (Raspberry Pi OS alone has it): a webcam or the replay camera"
        )
    return HostCheck(what="camera software", found=found, is_good=True)


def _clock() -> HostCheck:
    """A machine without a battery starts in its past; nothing here is older than this software."""
    made, now = Path(__file__).stat().st_mtime, time.time()
    found = time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
    if now >= made:
        return HostCheck(what="clock", found=found, is_good=True)
    advice = (
        "set it, or let it reach a time server; the kiosk works meanwhile, updates may be refused"
    )
    return HostCheck(
        what="clock", found=f"{found}, before this was installed", is_good=False, advice=advice
    )


def _room(store: Path) -> HostCheck:
    place = next((path for path in (store, *store.parents) if path.is_dir()), Path("/"))
    free = shutil.disk_usage(place).free
    advice = "" if free >= _ROOM_BYTES else "make room: an update needs as much as the bundle has"
    found = f"{free / 1e9:.1f} GB free in {place}"
    return HostCheck(what="room", found=found, is_good=free >= _ROOM_BYTES, advice=advice)


def _port(listen: ListenConfig) -> HostCheck:
    place = f"{listen.host}:{listen.port}"
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((listen.host, listen.port))
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            return HostCheck(what="address", found=f"{place} is free for the page", is_good=True)
    if is_answered_by_us(listen):
        return HostCheck(what="address", found=f"the kiosk answers at {place}", is_good=True)
    advice = "stop what else listens there (`ss -ltnp`), or set another [listen] port in kiosk.toml"
    return HostCheck(what="address", found=f"{place}: {reason}", is_good=False, advice=advice)


def _screen() -> HostCheck:
    missing = [name for name in ("cage", "chromium") if shutil.which(name) is None]
    missing += [] if _POLICY.is_file() else [str(_POLICY)]
    if missing:
        found, advice = f"missing: {', '.join(missing)}", "run the installer again"
        return HostCheck(what="screen", found=found, is_good=False, advice=advice)
    found = "browser, its compositor and its policy are here"
    return HostCheck(what="screen", found=found, is_good=True)


def _model() -> str:
    try:
        return Path("/proc/device-tree/model").read_text("utf-8").rstrip("\0\n")
    except OSError:
        return "a computer"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
