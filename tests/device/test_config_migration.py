"""Renaming a setting keeps everything around it, or is refused with what to do by hand."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.config import Config, load
from device.config_migration import RENAMED, migrate
from device.errors import ConfigError

TEXT = """# our settings
store = "/data"   # the card's

[camera]
# how fast
fps = 5.0  # slow
kind = "webcam"

[screen]
idle_s = 90
"""


def test_a_file_with_current_names_is_not_changed() -> None:
    assert migrate(TEXT).text == TEXT
    assert migrate(TEXT).renamed == ()


def test_a_key_is_renamed_in_place() -> None:
    found = migrate(TEXT, {"camera.fps": "camera.frames_a_second"})

    assert found.text == TEXT.replace("fps = 5.0", "frames_a_second = 5.0")
    assert found.renamed == ("camera.fps is now called camera.frames_a_second",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("camera.fps", "screen.rate"),
        ("camera.fps", "stand.rate"),
        ("camera.fps", "rate"),
        ("store", "bundles.folder"),
        ("screen.idle_s", "camera.idle_s"),
    ],
)
def test_a_key_moves_to_another_section_and_no_comment_is_lost(old: str, new: str) -> None:
    found = migrate(TEXT, {old: new})

    section, _, key = new.rpartition(".")
    data = tomllib.loads(found.text)
    assert key in (data[section] if section else data)
    assert sorted(line for line in TEXT.splitlines() if line.startswith("#")) == sorted(
        line for line in found.text.splitlines() if line.startswith("#")
    )
    assert migrate(found.text, {old: new}).text == found.text


def test_a_key_renamed_twice_gets_the_last_name() -> None:
    found = migrate(TEXT, {"camera.fps": "camera.rate", "camera.rate": "stand.rate"})

    assert tomllib.loads(found.text)["stand"] == {"rate": 5.0}


def test_a_file_with_both_names_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"camera\.kind is now called camera\.fps, and both"):
        migrate(TEXT, {"camera.kind": "camera.fps"})


@pytest.mark.parametrize(
    "text", ["camera = { fps = 5 }\n", '[camera]\n"fps" = 5\n', "camera.fps = 5\n"]
)
def test_a_key_in_another_notation_must_be_renamed_by_hand(text: str) -> None:
    with pytest.raises(ConfigError, match=r"camera\.fps is now called camera\.rate; rename it"):
        migrate(text, {"camera.fps": "camera.rate"})


def test_a_text_that_is_not_toml_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected TOML"):
        migrate("= 1", {"a": "b"})


VALUES = st.one_of(
    st.integers(-9, 9), st.booleans(), st.floats(-1, 1), st.text("ab=[]#. ", max_size=5)
)


@given(st.dictionaries(st.sampled_from(["fps", "kind", "gain"]), VALUES), VALUES)
def test_any_value_survives_a_rename(others: dict[str, object], value: object) -> None:
    lines = [f"{key} = {_toml(other)}" for key, other in ({**others, "fps": value}).items()]
    text = "[camera]\n" + "\n".join(lines)

    data = tomllib.loads(migrate(text, {"camera.fps": "stand.rate"}).text)

    assert data["stand"] == {"rate": value}
    assert data["camera"] == {key: other for key, other in others.items() if key != "fps"}


def _toml(value: object) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else repr(value) if not isinstance(value, str) else f'"{value}"'
    )


def test_each_new_name_is_a_setting() -> None:
    assert isinstance(load(None, {}), Config)
    for new in RENAMED.values():
        section, _, key = new.rpartition(".")
        assert hasattr(getattr(Config(), section) if section else Config(), key)
