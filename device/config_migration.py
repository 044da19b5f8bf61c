"""Rename the settings of an older `kiosk.toml`, keeping its values and comments.

To rename a setting, add it to `RENAMED`; the next upgrade of each kiosk then changes its `kiosk.toml`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device.errors import ConfigError

# New name by old name, as `section.key`, in the order of the changes. Entries are never removed.
RENAMED: Mapping[str, str] = {}

_SECTION = re.compile(r"\s*\[([\w.-]+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """A `kiosk.toml` with the current names of settings.

    Attributes:
        text: The file's text.
        renamed: One line for each renamed setting, such as "camera.fps is now called camera.rate".
    """

    text: str
    renamed: tuple[str, ...]


def migrate(text: str, renamed: Mapping[str, str] = RENAMED) -> Migrated:
    """Rename settings in the text of a `kiosk.toml`.

    Args:
        text: The text of a `kiosk.toml`.
        renamed: New name by old name.

    Raises:
        ConfigError: When the text is not TOML, sets both names, or is written in a way that must be changed by hand.
    """
    done = []
    for old, new in renamed.items():
        data = _parse(text)
        if _get(data, old) is None:
            continue
        if _get(data, new) is not None:
            raise ConfigError(
                f"kiosk.toml: {old} is now called {new}, and both are set; remove {old}"
            )
        changed = _rename_key(text, old, new)
        if _parse(changed) != _expected(data, old, new):
            raise ConfigError(f"kiosk.toml: {old} is now called {new}; rename it by hand")
        text = changed
        done.append(f"{old} is now called {new}")
    return Migrated(text=text, renamed=tuple(done))


def _rename_key(text: str, old: str, new: str) -> str:
    """Return the text with one key renamed or moved; every other character stays."""
    lines, section, kept, moved = text.splitlines(keepends=True), "", [], ""
    old_section, _, old_key = old.rpartition(".")
    new_section, _, new_key = new.rpartition(".")
    setting = re.compile(rf"(\s*){re.escape(old_key)}(\s*=.*)", re.DOTALL)
    for line in lines:
        header = _SECTION.match(line)
        section = header.group(1) if header else section
        found = setting.fullmatch(line) if section == old_section else None
        if found is None:
            kept.append(line)
            continue
        moved = f"{found.group(1)}{new_key}{found.group(2)}"
        if old_section == new_section:
            kept.append(moved)
    return "".join(kept) if old_section == new_section else _insert(kept, new_section, moved)


def _insert(lines: list[str], section: str, setting: str) -> str:
    """Return the text with a setting first in its section; a missing section is added."""
    setting = setting if setting.endswith("\n") else f"{setting}\n"
    if not section:
        return "".join([setting, *lines])
    for number, line in enumerate(lines):
        header = _SECTION.match(line)
        if header and header.group(1) == section:
            return "".join([*lines[: number + 1], setting, *lines[number + 1 :]])
    ending = "" if not lines or lines[-1].endswith("\n") else "\n"
    return "".join([*lines, f"{ending}\n[{section}]\n", setting])


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"kiosk.toml: expected TOML, found {error}") from error


def _get(data: dict[str, Any], name: str) -> Any:
    section, _, key = name.rpartition(".")
    inside = data.get(section, {}) if section else data
    return inside.get(key) if isinstance(inside, dict) else None


def _expected(data: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return the parsed settings with one setting renamed."""
    value = _get(data, old)
    wanted = {name: dict(v) if isinstance(v, dict) else v for name, v in data.items()}
    for name, is_new in ((old, False), (new, True)):
        section, _, key = name.rpartition(".")
        inside = wanted.setdefault(section, {}) if section else wanted
        if is_new:
            inside[key] = value
        else:
            del inside[key]
    return wanted
