"""The configuration reports all mistakes at once, and its example file is complete."""

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from device.config import (
    CameraConfig,
    Config,
    ListenConfig,
    RecognitionConfig,
    ScreenConfig,
    StaffConfig,
    SyncConfig,
    WatchConfig,
    load,
)
from device.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "systemd/kiosk.toml.example"
SECTIONS: dict[str, Any] = {
    "camera": CameraConfig,
    "listen": ListenConfig,
    "recognition": RecognitionConfig,
    "watch": WatchConfig,
    "sync": SyncConfig,
    "screen": ScreenConfig,
    "staff": StaffConfig,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path of a test's configuration file."""
    return tmp_path / "kiosk.toml"


def refusal(path: Path | None, environ: dict[str, str] | None = None) -> str:
    """Return the one-line error for an invalid configuration."""
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {})
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_a_file_every_setting_has_its_default() -> None:
    assert load(None, {"HOME": "/root", "PATH": "/bin"}) == Config()


def test_a_file_sets_its_keys_and_leaves_the_others_at_their_defaults(file: Path) -> None:
    file.write_text("""
bundle = "/srv/b"
[camera]
kind = "webcam"
fps = 5
rotate_deg = 270
region = [0, 0.1, 1, 0.9]
exposure_us = 20000
[listen]
hosts = ["kiosk.local"]
""")

    config = load(file, {})

    assert config.bundle == Path("/srv/b")
    assert config.camera == CameraConfig(
        kind="webcam",
        fps=5.0,
        rotate_deg=270,
        region=(0.0, 0.1, 1.0, 0.9),
        exposure_us=20000,
    )
    assert type(config.camera.fps) is float
    assert config.listen == ListenConfig(hosts=("kiosk.local",))
    assert config.screen == ScreenConfig()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2", 2), ("auto", "auto"), ("C920", "C920"), ("/dev/video2", "/dev/video2")],
)
def test_a_camera_is_named_by_number_path_or_name(file: Path, text: str, expected: object) -> None:
    file.write_text(f"[camera]\ndevice = {text if text.isdecimal() else repr(text)}")

    assert load(file, {}).camera.device == expected
    assert load(None, {"PRINTKIOSK_CAMERA_DEVICE": text}).camera.device == expected


def test_the_environment_overrides_the_file(file: Path) -> None:
    file.write_text('store = "/from/file"\n[camera]\nkind = "pi"\nfps = 5\n')

    config = load(
        file,
        {
            "PRINTKIOSK_STORE": "/from/environment",
            "PRINTKIOSK_CAMERA_KIND": "none",
            "PRINTKIOSK_CAMERA_ROTATE_DEG": "90",
            "PRINTKIOSK_CAMERA_MIRROR": "True",
            "PRINTKIOSK_CAMERA_REGION": "0, 0, 0.5, 1",
            "PRINTKIOSK_CAMERA_FOCUS": "",
            "PRINTKIOSK_LISTEN_HOSTS": "a.local, b.local",
            "PRINTKIOSK_SCREEN_PX_PER_MM": "6",
            "PRINTKIOSK_CACHE": "/somewhere",
        },
    )

    assert config.store == Path("/from/environment")
    assert config.camera == CameraConfig(
        kind="none", fps=5.0, rotate_deg=90, mirror=True, region=(0, 0, 0.5, 1)
    )
    assert config.listen.hosts == ("a.local", "b.local")
    assert config.screen.px_per_mm == 6.0


def test_all_mistakes_are_reported_at_once(file: Path) -> None:
    file.write_text("""
stor = "/x"
[camra]
kind = "pi"
[camera]
knd = "pi"
fps = "fast"
rotate_deg = 45
region = [0, 0, 1]
mirror = 1
width = -5
[recognition]
waiting = 0
""")

    line = refusal(file, {"PRINTKIOSK_SCREEN_IDLE": "60", "PRINTKIOSK_LISTEN_PORT": "http"})

    for message in (
        "unknown key 'stor', did you mean 'store'?",
        "unknown key 'camra', did you mean 'camera'?",
        "unknown key 'camera.knd', did you mean 'camera.kind'?",
        "camera.fps: expected a number, found 'fast'",
        "camera.rotate_deg: expected 0 or 90 or 180 or 270, found 45",
        "camera.region: expected a list of 4 of: a number, found [0, 0, 1]",
        "camera.mirror: expected true or false, found 1",
        "camera.width: expected 16 to 10000, found -5",
        "recognition.waiting: expected 1 to 100, found 0",
        "unknown key 'PRINTKIOSK_SCREEN_IDLE', did you mean 'PRINTKIOSK_SCREEN_IDLE_S'?",
        "PRINTKIOSK_LISTEN_PORT: expected a whole number, found 'http'",
    ):
        assert message in line
    assert line.startswith(f"{file}: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("camera = 3", "camera: expected a section, found '3'"),
        ('bundle = ""', "bundle: expected a path, found ''"),
        ('bundle = "~no-such-user/x"', "bundle: expected a path"),
        ("bundle = 3", "bundle: expected a path, found 3"),
        ("[camera]\nfps = nan", "camera.fps: expected a number, found nan"),
        ("[camera]\nfps = inf", "camera.fps: expected a number, found inf"),
        ("[camera]\nfps = true", "camera.fps: expected a number, found True"),
        (f"[camera]\nfps = {10**400}", "camera.fps: expected a number, found 1000"),
        ("[camera]\nwidth = 640.0", "camera.width: expected a whole number, found 640.0"),
        ("[camera]\ndevice = 1.5", "camera.device: expected a whole number or text, found 1.5"),
        (
            '[camera]\ndevice = " "',
            "camera.device: expected a number, a path, part of a name or auto",
        ),
        ('[camera]\ndevice = "a\\nb"', "camera.device: expected a number, a path, part of a name"),
        ("[camera]\ndevice = true", "camera.device: expected a whole number or text, found True"),
        ("[camera]\ndevice = -1", "camera.device: expected 0 to 63, found -1"),
        ("[camera]\nrotate_deg = 90.0", "camera.rotate_deg: expected 0 or 90"),
        ("[camera]\nrotate_deg = false", "camera.rotate_deg: expected 0 or 90"),
        ("[camera]\nregion = [0.5, 0, 0.5, 1]", "camera.region: expected 0 <= left < right"),
        ("[camera]\nregion = [0, 0, nan, 1]", "camera.region: expected a list of 4 of: a number"),
        ("[camera]\nexposure_us = 0", "camera.exposure_us: expected 1 to"),
        ("[listen]\nport = 65536", "listen.port: expected 0 to 65535, found 65536"),
        ('[listen]\nhost = " "', "listen.host: expected an address"),
        ('[listen]\nhosts = "a"', "listen.hosts: expected a list of text, found 'a'"),
        ("[recognition]\nthreads = 65", "recognition.threads: expected 0 to 64"),
        ("[recognition]\nmatches = 101", "recognition.matches: expected 1 to 100"),
        ("[screen]\nidle_s = 9.9", "screen.idle_s: expected 10 to 3600"),
        ("[screen]\npx_per_mm = 0", "screen.px_per_mm: expected 1 to 40"),
        ("[camera", "expected TOML, found"),
    ],
)
def test_a_mistake_in_the_file_names_the_key_and_the_expected_value(
    file: Path, text: str, message: str
) -> None:
    file.write_text(text)

    assert message in refusal(file)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CAMERA", "pi", "PRINTKIOSK_CAMERA: expected a section, found 'pi'"),
        ("CAMERA_FPS", "nan", "PRINTKIOSK_CAMERA_FPS: expected a number, found 'nan'"),
        ("CAMERA_MIRROR", "yes", "PRINTKIOSK_CAMERA_MIRROR: expected true or false, found 'yes'"),
        ("CAMERA_KIND", "usb", "PRINTKIOSK_CAMERA_KIND: expected auto or pi or webcam or replay"),
        ("CAMERA_REGION", "0,0,1", "PRINTKIOSK_CAMERA_REGION: expected a list of 4 of: a number"),
        ("BUNDEL", "/x", "unknown key 'PRINTKIOSK_BUNDEL', did you mean 'PRINTKIOSK_BUNDLE'?"),
        ("CAMERA_FPS", "0", "camera.fps: expected 0.1 to 240, found 0.0"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    name: str, value: str, message: str
) -> None:
    assert message in refusal(None, {f"PRINTKIOSK_{name}": value})


def test_a_variable_with_the_name_of_a_section_is_a_mistake_even_next_to_a_key_of_it() -> None:
    assert "expected a section" in refusal(
        None, {"PRINTKIOSK_CAMERA": "pi", "PRINTKIOSK_CAMERA_KIND": "pi"}
    )


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "nowhere.toml: can't be read" in refusal(tmp_path / "nowhere.toml")
    assert f"{tmp_path}: can't be read" in refusal(tmp_path)
    (tmp_path / "latin").write_bytes(b"a = '\xe4'")
    assert "expected TOML" in refusal(tmp_path / "latin")


def test_a_configuration_made_in_code_is_validated_too() -> None:
    with pytest.raises(ConfigError, match=r"screen\.idle_s"):
        Config(screen=ScreenConfig(idle_s=1))


def test_the_example_is_equal_to_the_defaults() -> None:
    assert load(EXAMPLE, {}) == Config()


def documented() -> dict[tuple[str, str], Any]:
    """Return the example's values by section and key, with all comments removed."""
    data = tomllib.loads(re.sub(r"(?m)^#(?=[a-z_0-9]+ = )", "", EXAMPLE.read_text("utf-8")))
    found = {}
    for name, value in data.items():
        for key, inner in value.items() if isinstance(value, dict) else [("", value)]:
            found[(name, key) if key else ("", name)] = inner
    return found


def settings() -> Iterator[tuple[tuple[str, str], Any]]:
    """Yield each setting's section and key, with its default."""
    for section, kind in {"": Config, **SECTIONS}.items():
        for field in dataclasses.fields(kind):
            if field.name not in SECTIONS:
                yield (section, field.name), getattr(kind(), field.name)


def test_the_example_has_each_key_with_its_default_and_no_other_key() -> None:
    example = documented()

    assert set(example) == {name for name, _ in settings()}
    for name, default in settings():
        if default is not None:
            wanted = list(default) if isinstance(default, tuple) else default
            assert example[name] == (str(wanted) if isinstance(wanted, Path) else wanted), name


def test_the_example_explains_each_key_in_a_comment() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"#[a-z_0-9]+ = ", line) and not line.startswith(("#height", "#port")):
            assert lines[number - 1].startswith("# "), line
            assert lines[number - 1].endswith((".", "one.")), line


def test_the_examples_values_are_valid(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(re.sub(r"(?m)^#(?=[a-z_0-9]+ = )", "", EXAMPLE.read_text("utf-8")), "utf-8")

    config = load(path, {})

    assert config.camera.focus == 4.0
    assert config.bundle == Path("/srv/prints.bundle")
