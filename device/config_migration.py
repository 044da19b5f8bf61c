"""Settings of an older software brought to this one's names, comments and all; values are never changed.

A setting that is renamed here is entered into `RENAMED`, and every kiosk's `kiosk.toml` follows with the upgrade.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device.errors import ConfigError

# Old name to new, as `section.key`; in the order in which they were renamed. Entries stay for good.
RENAMED: Mapping[str, str] = {}

_SECTION = re.compile(r"\s*\[([\w.-]+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """A `kiosk.toml` as this software calls things, and what was renamed in it."""

    text: str
    renamed: tuple[str, ...]


def migrate(text: str, renamed: Mapping[str, str] = RENAMED) -> Migrated:
    """Give settings by their new names.

    Args:
        text: A `kiosk.toml`.
        renamed: Old names to new ones.

    Raises:
        ConfigError: When it is no TOML, says the same thing by both names, or is written in a way that has to be
            changed by hand; naming what.
    """
    done = []
    for old, new in renamed.items():
        data = _parsed(text)
        if _get(data, old) is None:
            continue
        if _get(data, new) is not None:
            raise ConfigError(
                f"kiosk.toml: {old} is called {new} now, and both are set; remove {old}"
            )
        changed = _moved(text, old, new)
        if _parsed(changed) != _expected(data, old, new):
            raise ConfigError(f"kiosk.toml: {old} is called {new} now; rename it there")
        text = changed
        done.append(f"{old} is called {new} now")
    return Migrated(text=text, renamed=tuple(done))


def _moved(text: str, old: str, new: str) -> str:
    """Give the text with one setting's line under its new section; the rest stays to the letter."""
    lines, here, kept, moved = text.splitlines(keepends=True), "", [], ""
    old_section, _, old_key = old.rpartition(".")
    new_section, _, new_key = new.rpartition(".")
    setting = re.compile(rf"(\s*){re.escape(old_key)}(\s*=.*)", re.DOTALL)
    for line in lines:
        header = _SECTION.match(line)
        here = header.group(1) if header else here
        found = setting.fullmatch(line) if here == old_section else None
        if found is None:
            kept.append(line)
            continue
        moved = f"{found.group(1)}{new_key}{found.group(2)}"
        if old_section == new_section:
            kept.append(moved)
    return "".join(kept) if old_section == new_section else _put(kept, new_section, moved)


def _put(lines: list[str], section: str, setting: str) -> str:
    """Give lines with a setting as the first of its section, which is added where there is none."""
    setting = setting if setting.endswith("\n") else f"{setting}\n"
    if not section:
        return "".join([setting, *lines])
    for number, line in enumerate(lines):
        header = _SECTION.match(line)
        if header and header.group(1) == section:
            return "".join([*lines[: number + 1], setting, *lines[number + 1 :]])
    ending = "" if not lines or lines[-1].endswith("\n") else "\n"
    return "".join([*lines, f"{ending}\n[{section}]\n", setting])


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"kiosk.toml: expected TOML, found {error}") from error


def _get(data: dict[str, Any], name: str) -> Any:
    section, _, key = name.rpartition(".")
    inside = data.get(section, {}) if section else data
    return inside.get(key) if isinstance(inside, dict) else None


def _expected(data: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Give what the settings mean once one of them has its new name."""
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
