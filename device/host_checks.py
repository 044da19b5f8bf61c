"""Check the machine itself: system, camera software, clock, disk space, port and screen.

The checks change nothing. A missing part is a finding, not an error.
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
from typing import Any

from device.cameras import pi
from device.cameras.listed_cameras import listed_cameras
from device.cameras.v4l2 import VideoDevices
from device.config import Config, ListenConfig

_HEALTH_TIMEOUT_S = 3.0
# The kiosk is on this machine, so the proxy of the museum's network is not used.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# During an update the disk holds the old bundle and the new one.
_MIN_FREE_BYTES = 500_000_000
_POLICY = Path("/etc/chromium/policies/managed/printkiosk.json")
_INSTALLED = Path("/opt/printkiosk/venv")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCheck:
    """The result of one check of the machine.

    Attributes:
        name: The checked part, such as "clock".
        found: The state of the part.
        is_good: Whether the kiosk can work with it.
        advice: What the operator can do; empty if `is_good`.
    """

    name: str
    found: str
    is_good: bool
    advice: str = ""


def examine(config: Config, devices: VideoDevices | None = None) -> Iterator[HostCheck]:
    """Check the machine; without an installed kiosk the screen is not checked.

    Args:
        config: The kiosk's settings.
        devices: Lists the webcams; `None` to leave every webcam alone.
    """
    found = f"{_model()}, {_system()}, Python {platform.python_version()} on {platform.machine()}"
    yield HostCheck(name="machine", found=found, is_good=True)
    yield _cameras(devices)
    yield _clock()
    yield _disk_space(config.store)
    yield _port(config.listen)
    if _INSTALLED.exists():
        yield _screen()


def is_kiosk_listening(listen: ListenConfig) -> bool:
    """Return whether a kiosk answers now at the address in its settings."""
    return kiosk_health(listen) is not None


def kiosk_health(listen: ListenConfig) -> dict[str, Any] | None:
    """Return the health of the kiosk at the address in its settings; `None` without one."""
    try:
        address = f"http://{listen.host}:{listen.port}/healthz"
        with _DIRECT.open(address, timeout=_HEALTH_TIMEOUT_S) as response:
            health = json.load(response)
            return health if isinstance(health, dict) and "well" in health else None
    except urllib.error.HTTPError as error:
        return {} if error.code == 503 else None  # an unhealthy kiosk is a kiosk, too
    except (OSError, ValueError):
        return None


def _cameras(devices: VideoDevices | None) -> HostCheck:
    if pi.is_supported():
        found = "picamera2 is installed: a Raspberry Pi camera can be used"
    else:
        found = "picamera2 is not installed (only Raspberry Pi OS has it): use a webcam or the replay camera"
    if devices is not None:
        found += f"; webcams: {_webcams(devices)}"
    return HostCheck(name="camera software", found=found, is_good=True)


def _webcams(devices: VideoDevices) -> str:
    # One that is in use may be the running kiosk's own, so that is no fault.
    states = {"free": "free", "busy": "in use", "unusable": "can't be opened"}
    listed = listed_cameras(devices, ())
    return ", ".join(f"{camera.name}, {states[camera.state]}" for camera in listed) or "none"


def _clock() -> HostCheck:
    """Check that the time is later than the installation of this file.

    A machine without a battery-backed clock starts with a past time.
    """
    installed, now = Path(__file__).stat().st_mtime, time.time()
    found = time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
    if now >= installed:
        return HostCheck(name="clock", found=found, is_good=True)
    advice = "set the clock, or connect to a time server; until then the kiosk works, but updates may be refused"
    return HostCheck(
        name="clock",
        found=f"{found}, before this software was installed",
        is_good=False,
        advice=advice,
    )


def _disk_space(store: Path) -> HostCheck:
    folder = next((path for path in (store, *store.parents) if path.is_dir()), Path("/"))
    free = shutil.disk_usage(folder).free
    advice = (
        "" if free >= _MIN_FREE_BYTES else "free some space: an update needs as much as the bundle"
    )
    found = f"{free / 1e9:.1f} GB free in {folder}"
    return HostCheck(name="disk space", found=found, is_good=free >= _MIN_FREE_BYTES, advice=advice)


def _port(listen: ListenConfig) -> HostCheck:
    address = f"{listen.host}:{listen.port}"
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((listen.host, listen.port))
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            return HostCheck(name="address", found=f"{address} is free for the page", is_good=True)
    if is_kiosk_listening(listen):
        return HostCheck(name="address", found=f"the kiosk answers at {address}", is_good=True)
    advice = "stop the program that uses the port (`ss -ltnp`), or set another [listen] port in kiosk.toml"
    return HostCheck(name="address", found=f"{address}: {reason}", is_good=False, advice=advice)


def _screen() -> HostCheck:
    missing = [name for name in ("cage", "chromium") if shutil.which(name) is None]
    missing += [] if _POLICY.is_file() else [str(_POLICY)]
    if missing:
        found, advice = f"missing: {', '.join(missing)}", "run the installer again"
        return HostCheck(name="screen", found=found, is_good=False, advice=advice)
    found = "browser, compositor and browser policy are installed"
    return HostCheck(name="screen", found=found, is_good=True)


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
