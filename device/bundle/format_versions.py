"""The versions of the bundle format, and of the parts that a bundle may have.

Version 2 added `parts`: what a bundle has beyond the required files, each with a version of its own. A kiosk ignores parts
that it doesn't know, and refuses a known part in a version that it can't read.
"""

from collections.abc import Mapping
from typing import Any

from device.errors import BundleDamagedError, BundleFormatError

FORMAT_VERSION = 2
READABLE_VERSIONS = (1, FORMAT_VERSION)
# Records with several pictures, and titles in several languages: tables of the records file.
PICTURES_PART = "pictures"
TITLES_PART = "titles"
# Each part's version that is written, and those that can be read.
PARTS: Mapping[str, int] = {PICTURES_PART: 1, TITLES_PART: 1}
READABLE_PARTS: Mapping[str, tuple[int, ...]] = {PICTURES_PART: (1,), TITLES_PART: (1,)}


def check_version(data: Any, place: str) -> None:
    """Check that this software can read a manifest of this version.

    Args:
        data: The value that `json.loads` returned.
        place: The bundle's path or name, for errors.

    Raises:
        BundleFormatError: When it can't; the message names both versions.
    """
    found = data.get("format_version") if isinstance(data, dict) else None
    if found not in READABLE_VERSIONS or isinstance(found, bool):
        readable = " or ".join(str(version) for version in READABLE_VERSIONS)
        raise BundleFormatError(
            f"{place}: expected bundle format {readable}, found {found!r}; "
            "update the kiosk's software or build the bundle with this version"
        )


def check_parts(parts: Mapping[str, int], place: str) -> None:
    """Check that this software can read the known ones among a bundle's parts.

    Raises:
        BundleFormatError: When it can't; the message names both versions.
    """
    for name, readable in READABLE_PARTS.items():
        if name in parts and parts[name] not in readable:
            expected = " or ".join(str(version) for version in readable)
            raise BundleFormatError(
                f"{place}: expected part {name!r} in version {expected}, found {parts[name]}; "
                "update the kiosk's software or build the bundle with this version"
            )


def with_parts(data: dict[str, Any], place: str) -> dict[str, Any]:
    """Return a manifest's JSON with `parts`, which version 1 doesn't have.

    Raises:
        BundleDamagedError: When a manifest of version 1 states parts.
    """
    if data["format_version"] > 1:
        return data
    if "parts" in data:
        raise BundleDamagedError(
            f"{place}: manifest.json: expected no parts in format 1, found some; fetch it again"
        )
    return data | {"parts": {}}


def as_written(data: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest's JSON as its version writes it."""
    if data["format_version"] > 1:
        return data
    return {key: value for key, value in data.items() if key != "parts"}
