"""Notices: works withdrawn from every kiosk, and texts put right, without a new bundle.

They are laid over whatever bundle is open, so that neither going back to an older one nor an old stick brings a
withdrawn work back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from device.bundle import dataclass_json
from device.bundle.description import AMENDABLE
from device.errors import BundleDamagedError, BundleFormatError

FORMAT_VERSION = 1
LIMIT_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What is to be known besides the bundle.

    Attributes:
        serial: Rises with every change.
        withdrawn: Record id to the day it was withdrawn, as YYYY-MM-DD.
        amended: Record id to field to its new text.
    """

    format_version: int = FORMAT_VERSION
    serial: int = 0
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    amended: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to lay over a bundle."""
        return not (self.withdrawn or self.amended)

    def with_withdrawn(self, record_id: str, day: str) -> "Notices":
        """Give the next notices, with a work withdrawn."""
        return replace(
            self, serial=self.serial + 1, withdrawn=dict(self.withdrawn) | {record_id: day}
        )

    def with_returned(self, record_id: str) -> "Notices":
        """Give the next notices, with a work withdrawn no more."""
        rest = {key: day for key, day in self.withdrawn.items() if key != record_id}
        return replace(self, serial=self.serial + 1, withdrawn=rest)

    def with_amended(self, record_id: str, texts: Mapping[str, str]) -> "Notices":
        """Give the next notices, with texts of a record put right."""
        merged = dict(self.amended.get(record_id, {})) | dict(texts)
        return replace(
            self, serial=self.serial + 1, amended=dict(self.amended) | {record_id: merged}
        )


def dump(notices: Notices) -> str:
    """Give the notices' text; the same notices give the same text."""
    return (
        json.dumps(dataclass_json.to_json(notices), indent=1, sort_keys=True, ensure_ascii=False)
        + "\n"
    )


def parse(text: bytes, place: str) -> Notices:
    """Read notices.

    Raises:
        BundleDamagedError: When they are no JSON, or lack a key, or amend what can't be amended.
        BundleFormatError: When they are of another format version.
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
            written.encode()  # half a surrogate pair is no id
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
