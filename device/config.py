"""The configuration, from a TOML file and environment variables.

A variable overrides the file, and a command-line option overrides both. All mistakes are reported at once, each
with the likely correction. Defaults are in these dataclasses and nowhere else.
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
# Addresses that listen on all interfaces; no browser uses them as a host name.
ALL_INTERFACES = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraConfig:
    """The camera at the stand.

    Attributes:
        kind: Kind of camera; `auto` uses the Pi's camera, else a webcam, else the replay camera.
        device: Number of the webcam or Pi camera, path of the webcam's device file, or part of the camera's name;
            `auto` tries every webcam in turn, and uses the first Pi camera.
        replay: Folder of pictures, or video file, for the replay camera; `None` for the bundle's own pictures, with a
            few that it doesn't have.
        width, height: Requested frame size in pixels; the camera may choose another.
        fps: Requested frames per second.
        rotate_deg: Clockwise rotation of each frame, in degrees.
        mirror: Whether left and right are swapped, after the rotation.
        region: Area of the rotated frame that shows the stand, as fractions of its size: left, top, right, bottom.
        focus: Fixed focus in dioptres; `None` for autofocus.
        exposure_us: Fixed exposure time in microseconds; `None` for automatic.
        gain: Fixed gain; `None` for automatic.
    """

    kind: Literal["auto", "pi", "webcam", "replay", "none"] = "auto"
    device: int | str = "auto"
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
        host, port: Address of the page for the stand's own screen.
        hosts: Host names that a browser may use for this page, against DNS rebinding; `host` is always allowed.
        lan: Address of the page for phones on the museum's network, such as `0.0.0.0`; empty for none.
        lan_port: Port of the page for phones.
        lan_hosts: Host names or addresses that phones may use; `lan` itself is always allowed.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    lan: str = ""
    lan_port: int = 8081
    lan_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionConfig:
    """The search for an answer.

    Attributes:
        threads: Threads of one model call; 0 for one per core, at most 4.
        matches: Largest number of matches in an answer.
        waiting: Largest number of requests that may wait for an answer; others are asked to try again.
    """

    threads: int = 0
    matches: int = 10
    waiting: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchConfig:
    """The hands-free search.

    Attributes:
        enabled: Whether a search starts by itself when a print is held still.
    """

    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncConfig:
    """The source of updates.

    Attributes:
        source: An http(s) address or a folder; if empty, each sync command names one.
        root: File with the museum's root of trust; only updates signed with its keys are accepted.
    """

    source: str = ""
    root: Path = Path("/etc/printkiosk/root.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffConfig:
    """The staff page.

    Attributes:
        folder: Folder of PIN, preferences, statistics and the list of unmatched prints.
        idle_s: Seconds without a touch after which the staff page closes.
    """

    folder: Path = Path("/var/lib/printkiosk/staff")
    idle_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenConfig:
    """The touchscreen.

    Attributes:
        idle_s: Seconds without a touch after which the screen asks whether the visitor is still there.
        grace_s: Seconds without a touch from the question "Still there?" until the answer closes.
        language: Language at the start of a visit, as a BCP 47 tag: `de`, `en`, `fr` or `it`.
        text, contrast, theme: Display at the start of a visit; a visitor can change each.
        reach: Position of the buttons at the start of a visit. `low` keeps all of them in the lower half, for a screen
            that hangs high or a visitor who sits.
        style: Folder with the museum's own `style.css` and the logo and typeface that it uses; `None` for none.
        px_per_mm: CSS pixels per millimetre of the panel; 5.2 for the official 7-inch one.
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
    """The whole configuration.

    Attributes:
        bundle: Folder of the bundle; `None` for the current bundle of `store`.
        store: Folder of the bundle store.
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
        problems = list(_problems(self))
        if problems:
            raise ConfigError("; ".join(problems))


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration.

    Args:
        path: A TOML file; `None` for the defaults.
        environ: Environment variables; `PRINTKIOSK_CAMERA_KIND=webcam` sets `kind` in `[camera]`.

    Raises:
        ConfigError: When the configuration is invalid; names every mistake on one line.
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
            f"{path}: can't be read ({error.strerror}); name another file with --config"
        ) from error
    except ValueError as error:
        raise ConfigError(f"{path}: expected TOML, found {error}") from error


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the environment's settings nested as in the file, with values as text."""
    found: dict[str, Any] = {}
    inside: dict[str, dict[str, Any]] = {}
    for name, value in sorted(environ.items()):
        if not name.startswith(ENVIRONMENT) or name in _NOT_SETTINGS:
            continue
        key_path = name.removeprefix(ENVIRONMENT).lower()
        section, _, key = key_path.partition("_")
        if section in _SECTIONS and key:
            inside.setdefault(section, {})[key] = FromText(value)
        else:
            found[key_path] = FromText(value)
    return inside | found  # a value for a section's own name is a mistake, reported later


_NOT_SETTINGS = frozenset({"PRINTKIOSK_CACHE", "PRINTKIOSK_PASSPHRASE"})  # used at the desk


def _merge(base: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in override.items():
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
    """Return the name under which a value was set: a key or an environment variable."""
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


def _problems(config: Config) -> Iterator[str]:
    yield from _camera_problems(config.camera)
    recognition, screen = config.recognition, config.screen
    yield from _listen_problems(config.listen)
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


def _listen_problems(listen: ListenConfig) -> Iterator[str]:
    if not listen.host.strip():
        yield "listen.host: expected an address, found ''"
    for name, port in (("port", listen.port), ("lan_port", listen.lan_port)):
        if not 0 <= port <= 65535:
            yield f"listen.{name}: expected 0 to 65535, found {port}"
    if listen.lan in ALL_INTERFACES and not listen.lan_hosts:
        yield "listen.lan_hosts: expected the names or addresses that phones use, found none"
    if listen.lan and listen.lan_port == listen.port != 0:
        yield f"listen.lan_port: expected a port other than listen.port, found {listen.lan_port}"


def _camera_problems(camera: CameraConfig) -> Iterator[str]:
    left, top, right, bottom = camera.region
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        yield f"camera.region: expected 0 <= left < right <= 1 and 0 <= top < bottom <= 1, found {list(camera.region)}"
    if isinstance(camera.device, str) and (
        not camera.device.strip() or not camera.device.isprintable()
    ):
        yield f"camera.device: expected a number, a path, part of a name or auto, found {camera.device!r}"
    for name, value, least, most in (
        ("device", camera.device if isinstance(camera.device, int) else None, 0, 63),
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
