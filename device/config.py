"""How this kiosk is set up: one TOML file, the environment above it, flags above both.

Every mistake is reported at once, each with what was meant. Defaults live in the dataclasses and nowhere else.
"""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_type_hints

from device.config_values import FromText, convert, describe
from device.errors import ConfigError

ENVIRONMENT = "PRINTKIOSK_"
# Addresses to listen at that no browser asks for.
EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraConfig:
    """The camera at the stand.

    Attributes:
        kind: `auto` takes the Pi's camera, else a webcam, else the replay camera.
        device: Which webcam or Pi camera.
        replay: Folder of pictures or video file for the replay camera; `None`: the bundle's own pictures.
        width, height: Asked for, in pixels; the camera may give others.
        fps: Frames a second asked for.
        rotate_deg: Clockwise, after capture.
        mirror: Left and right exchanged, after the rotation.
        region: The stand within the turned frame, as shares: left, top, right, bottom.
        focus: Dioptres; `None` for autofocus.
        exposure_us, gain: Fixed; `None` for automatic.
    """

    kind: Literal["auto", "pi", "webcam", "replay", "none"] = "auto"
    device: int = 0
    replay: Path | None = None
    width: int = 1280
    height: int = 960
    fps: float = 10.0
    rotate_deg: Literal[0, 90, 180, 270] = 0
    mirror: bool = False
    region: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    focus: float | None = None
    exposure_us: int | None = None
    gain: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenConfig:
    """Where the page is served.

    Attributes:
        host: Loopback: the stand's own screen, or a laptop that runs the kiosk.
        hosts: Names a browser may ask for (against DNS rebinding); the host itself is always among them.
        lan: Where phones on the museum's network are served, such as `0.0.0.0`; empty: nowhere.
        lan_hosts: Names and addresses that phones ask for; `lan` itself is always among them.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    lan: str = ""
    lan_port: int = 8081
    lan_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionConfig:
    """How answers are found.

    Attributes:
        threads: For one model call; 0 takes one a core, at most 4.
        matches: How many an answer names.
        waiting: How many may wait for an answer before others are asked to come back.
    """

    threads: int = 0
    matches: int = 10
    waiting: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchConfig:
    """How the live picture is watched.

    Attributes:
        enabled: Whether a print that is held still is looked up without anybody pressing the button.
    """

    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncConfig:
    """Where updates come from.

    Attributes:
        source: An http(s) address or a folder; empty: each sync is told.
        root: The museum's root, whose keys are trusted; given at the installation.
    """

    source: str = ""
    root: Path = Path("/etc/printkiosk/root.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffConfig:
    """The staff's page.

    Attributes:
        folder: Where PIN, choices, statistics and the list of missed matches are kept.
        idle_s: After so long without a touch the staff's page closes by itself.
    """

    folder: Path = Path("/var/lib/printkiosk/staff")
    idle_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenConfig:
    """The touchscreen.

    Attributes:
        idle_s: After so long without a touch the page begins anew for the next visitor.
        grace_s: How long it is asked before whether somebody is still there.
        language: The language it begins in, as a BCP 47 tag: `de`, `en`, `fr` or `it`.
        text, contrast, theme, reach: What it begins with; a visitor can switch each. With `reach` low all that is
            pressed lies in the lower half, for a screen that hangs high or a visitor who sits.
        style: Folder with the museum's own `style.css`, and the logo and typeface it names; `None` for none.
        px_per_mm: CSS pixels a millimetre of the panel (5.2 on the official 7-inch one).
    """

    idle_s: float = 60.0
    grace_s: float = 30.0
    language: str = "en"
    text: Literal["normal", "large"] = "normal"
    contrast: Literal["normal", "high"] = "normal"
    theme: Literal["light", "dark"] = "light"
    reach: Literal["normal", "low"] = "normal"
    style: Path | None = None
    px_per_mm: float = 5.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be set.

    Attributes:
        bundle: The bundle's folder; `None` takes the current one of `store`.
        store: Where installed bundles live.
    """

    bundle: Path | None = None
    store: Path = Path("/var/lib/printkiosk")
    camera: CameraConfig = field(default_factory=CameraConfig)
    listen: ListenConfig = field(default_factory=ListenConfig)
    recognition: RecognitionConfig = field(default_factory=RecognitionConfig)
    watch: WatchConfig = field(default_factory=WatchConfig)
    sync: SyncConfig = field(default_factory=SyncConfig)
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    staff: StaffConfig = field(default_factory=StaffConfig)

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise ConfigError("; ".join(faults))


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration.

    Args:
        path: A TOML file; `None` for the defaults.
        environ: `PRINTKIOSK_CAMERA_KIND=webcam` sets `[camera] kind`, and so on.

    Raises:
        ConfigError: Naming every mistake in the file and the environment, on one line.
    """
    mistakes: list[str] = []
    data = _merge(_read_file(path), _read_environment(environ))
    config = _read(Config, data, "", mistakes)
    if mistakes:
        raise ConfigError(f"{path or 'configuration'}: {'; '.join(mistakes)}")
    return config  # type: ignore[no-any-return]  # without mistakes it is a Config


def _read_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: can't be read ({error.strerror}); give --config another file"
        ) from error
    except ValueError as error:
        raise ConfigError(f"{path}: expected TOML, found {error}") from error


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Give the settings in the environment in the file's own shape, values still text."""
    found: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for name, value in sorted(environ.items()):
        if not name.startswith(ENVIRONMENT) or name in _NOT_SETTINGS:
            continue
        whole = name.removeprefix(ENVIRONMENT).lower()
        section, _, key = whole.partition("_")
        if section in _SECTIONS and key:
            inside.setdefault(section, {})[key] = FromText(value)
        else:
            found[whole] = FromText(value)
    return inside | found  # a section's own name with a value is a mistake to be told of


_NOT_SETTINGS = frozenset({"PRINTKIOSK_CACHE", "PRINTKIOSK_PASSPHRASE"})  # the desk's


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        nested = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if nested else value
    return merged


def _read(kind: Any, data: Any, place: str, mistakes: list[str]) -> Any:
    if not isinstance(data, dict):
        mistakes.append(f"{_name(place, data)}: expected a section, found {str(data)!r}")
        return kind()
    hints = get_type_hints(kind)
    values = {}
    for key, value in data.items():
        name = f"{place}.{key}" if place else key
        if key not in hints:
            mistakes.append(_unknown(key, place, value))
        elif is_dataclass(hints[key]):
            values[key] = _read(hints[key], value, name, mistakes)
        else:
            try:
                values[key] = convert(hints[key], value)
            except (ValueError, TypeError, OverflowError, RuntimeError):
                expected = describe(hints[key])
                mistakes.append(f"{_name(name, value)}: expected {expected}, found {_show(value)}")
    try:
        return kind(**values)
    except ConfigError as error:
        mistakes.append(str(error))
        return kind()


def _name(place: str, value: Any) -> str:
    """Give the name by which whoever set a value knows it."""
    if isinstance(value, FromText):
        return ENVIRONMENT + place.replace(".", "_").upper()
    return place


def _unknown(key: str, place: str, value: Any) -> str:
    known = [f"{place}.{name}" for name in get_type_hints(_SECTIONS[place])] if place else _KEYS
    name = f"{place}.{key}" if place else key
    if isinstance(value, FromText):
        name, known = _name(name, value), [_name(key, value) for key in _KEYS]
    close = difflib.get_close_matches(name, known, n=1)
    return f"unknown key {name!r}" + (f", did you mean {close[0]!r}?" if close else "")


def _show(value: Any) -> str:
    text = repr(str(value) if isinstance(value, str) else value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _faults(config: Config) -> Iterator[str]:
    yield from _camera_faults(config.camera)
    recognition, screen = config.recognition, config.screen
    yield from _listen_faults(config.listen)
    if not 0 <= recognition.threads <= 64:
        yield f"recognition.threads: expected 0 to 64, found {recognition.threads}"
    for name, count in (("matches", recognition.matches), ("waiting", recognition.waiting)):
        if not 1 <= count <= 100:
            yield f"recognition.{name}: expected 1 to 100, found {count}"
    if not 10 <= screen.idle_s <= 3600:
        yield f"screen.idle_s: expected 10 to 3600, found {screen.idle_s}"
    if not 20 <= screen.grace_s <= 600:
        yield f"screen.grace_s: expected 20 to 600, found {screen.grace_s}"
    if not 30 <= config.staff.idle_s <= 3600:
        yield f"staff.idle_s: expected 30 to 3600, found {config.staff.idle_s}"
    if not 1 <= screen.px_per_mm <= 40:
        yield f"screen.px_per_mm: expected 1 to 40, found {screen.px_per_mm}"


def _listen_faults(listen: ListenConfig) -> Iterator[str]:
    if not listen.host.strip():
        yield "listen.host: expected an address, found ''"
    for name, port in (("port", listen.port), ("lan_port", listen.lan_port)):
        if not 0 <= port <= 65535:
            yield f"listen.{name}: expected 0 to 65535, found {port}"
    if listen.lan in EVERYWHERE and not listen.lan_hosts:
        yield "listen.lan_hosts: expected the names or addresses that phones ask for, found none"
    if listen.lan and listen.lan_port == listen.port != 0:
        yield f"listen.lan_port: expected another than listen.port, found {listen.lan_port}"


def _camera_faults(camera: CameraConfig) -> Iterator[str]:
    left, top, right, bottom = camera.region
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        yield f"camera.region: expected 0 <= left < right <= 1 and 0 <= top < bottom <= 1, found {list(camera.region)}"
    for name, value, least, most in (
        ("device", camera.device, 0, 63),
        ("width", camera.width, 16, 10_000),
        ("height", camera.height, 16, 10_000),
        ("fps", camera.fps, 0.1, 240),
        ("focus", camera.focus, 0, 100),
        ("exposure_us", camera.exposure_us, 1, 100_000_000),
        ("gain", camera.gain, 0, 1000),
    ):
        if value is not None and not least <= value <= most:
            yield f"camera.{name}: expected {least} to {most}, found {value}"


_SECTIONS: dict[str, Any] = {
    name: hint for name, hint in get_type_hints(Config).items() if is_dataclass(hint)
}
_KEYS = [name for name in get_type_hints(Config) if name not in _SECTIONS] + [
    key
    for name, section in _SECTIONS.items()
    for key in (name, *(f"{name}.{k}" for k in get_type_hints(section)))
]
