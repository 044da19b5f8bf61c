"""Notices: works withdrawn from every kiosk, and corrected texts, without a new bundle.

Notices apply to every bundle, so neither a rollback nor an old USB stick brings a withdrawn work back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from device.bundle import dataclass_json
from device.bundle.metadata_fields import AMENDABLE
from device.errors import BundleDamagedError, BundleFormatError

FORMAT_VERSION = 1
LIMIT_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Withdrawn works and corrected texts.

    Attributes:
        serial: Number that increases with every change.
        withdrawn: Record id to the day it was withdrawn, as YYYY-MM-DD.
        amended: Record id to field to its new text.
    """

    format_version: int = FORMAT_VERSION
    serial: int = 0
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    amended: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no work is withdrawn and no text amended."""
        return not (self.withdrawn or self.amended)

    def with_withdrawn(self, record_id: str, day: str) -> "Notices":
        """Return the next notices, with one more work withdrawn."""
        return replace(
            self, serial=self.serial + 1, withdrawn=dict(self.withdrawn) | {record_id: day}
        )

    def with_reinstated(self, record_id: str) -> "Notices":
        """Return the next notices, with a withdrawn work reinstated."""
        rest = {key: day for key, day in self.withdrawn.items() if key != record_id}
        return replace(self, serial=self.serial + 1, withdrawn=rest)

    def with_amended(self, record_id: str, texts: Mapping[str, str]) -> "Notices":
        """Return the next notices, with texts of a record amended."""
        merged = dict(self.amended.get(record_id, {})) | dict(texts)
        return replace(
            self, serial=self.serial + 1, amended=dict(self.amended) | {record_id: merged}
        )


def dump(notices: Notices) -> str:
    """Return the notices as JSON text, always the same for the same notices."""
    return (
        json.dumps(dataclass_json.to_json(notices), indent=1, sort_keys=True, ensure_ascii=False)
        + "\n"
    )


def parse(text: bytes, place: str) -> Notices:
    """Parse and check notices.

    Args:
        text: The file's content.
        place: Its path or source, for errors.

    Raises:
        BundleDamagedError: When the text is not valid JSON, lacks a key, or amends a field that can't be amended.
        BundleFormatError: When its format version is another one.
    """
    try:
        data: Any = json.loads(text.decode("utf-8"))
        found = data.get("format_version") if isinstance(data, dict) else None
        if found != FORMAT_VERSION or isinstance(found, bool):
            raise BundleFormatError(
                f"{place}: expected notices of format {FORMAT_VERSION}, found {found!r}; update the kiosk's software"
            )
        notices: Notices = dataclass_json.from_json(Notices, data, "notices")
        for record_id, texts in notices.amended.items():
            _check_texts(record_id, texts)
        for written in (*notices.withdrawn, *notices.amended):
            written.encode()  # raises for half a surrogate pair, which no record id contains
    except BundleFormatError:
        raise
    except (ValueError, RecursionError) as error:
        raise BundleDamagedError(
            f"{place}: the notices can't be read ({' '.join(str(error).split())}); fetch them again"
        ) from error
    return notices


def _check_texts(record_id: str, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        text.encode()
        if name not in AMENDABLE:
            raise ValueError(
                f"amended: {record_id!r}: expected one of {', '.join(AMENDABLE)}, found {name!r}"
            )
