"""Hold what `check` says of small odd exports against what a museum may expect.

`cases/exports.toml` states the expectations; its head explains the keys.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.case_folders import copied
from converter.cache import Cache
from converter.errors import ConverterError
from converter.ingest import build_checks, check_report, collection
from converter.ingest.collection import Collection, Item
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.start.command import start

_EXPECTATIONS = Path(__file__).parent / "cases/exports.toml"
_SHOWN = 200  # characters of a text that isn't as expected
_MOST_WIDER = 5  # years at either end that a right range may have too many


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCase:
    """A small export, and what is expected of it by the keys of `exports.toml`."""

    folder: Path
    expected: Mapping[str, Any]


def read_exports(folder: Path) -> list[ExportCase]:
    """Return the exports of a folder that have expectations."""
    expected = tomllib.loads(_EXPECTATIONS.read_text("utf-8"))
    return [
        ExportCase(folder=folder / name, expected=keys)
        for name, keys in expected.items()
        if (folder / name).is_dir()
    ]


def faults(case: ExportCase) -> list[str]:
    """Return what isn't as expected of an export; nothing if all is."""
    with copied(case.folder) as folder:
        try:
            if case.expected.get("start"):
                start(folder)
            # Only what is in the cache, which is empty: no case may reach for the network.
            fetcher = Fetcher(
                Cache(root=folder.parent / "cache"), allows_private=False, is_offline=True
            )
            found = collection.read(folder, fetcher=fetcher)
        except ConverterError as error:
            return list(_missing(str(error), case.expected.get("error", ["^$"])))
        return list(_differences(found, case.expected))


def _missing(text: str, patterns: list[str]) -> Iterator[str]:
    for pattern in patterns:
        if not re.search(pattern, text):
            yield f"expected {pattern!r}, found {text[:_SHOWN]!r}"


def _differences(found: Collection, expected: Mapping[str, Any]) -> Iterator[str]:
    if "error" in expected:
        yield f"expected an error, found {len(found.items)} records"
    counts = {
        "kept": len(found.items),
        "refused": len(found.refusals),
        "without_picture": len(found.findings.without_picture),
    }
    for name, count in counts.items():
        if count != expected.get(name, 0):
            yield f"{name}: expected {expected.get(name, 0)}, found {count}"
    yield from _missing(check_report.summary(found), expected.get("says", []))
    if expected.get("quiet") and found.warnings:
        yield f"expected no warnings, found {found.warnings}"
    stops = build_checks.reasons_to_stop(found, 1.0)  # other reasons than refusals
    if "stops" in expected and bool(stops) != expected["stops"]:
        yield f"stops: expected {expected['stops']}, found {stops}"
    items = {item.record_id: item for item in found.items}
    for name, known in expected.get("records", {}).items():
        item = items.get(name)
        if item is None:
            yield f"{name}: missing"
        else:
            yield from (f"{name}: {text}" for text in _record_differences(item, known))


def _record_differences(item: Item, known: Mapping[str, Any]) -> Iterator[str]:
    facts: dict[str, Any] = {
        "title": item.title,
        "makers": item.makers,
        "pictures": 1 + len(item.more_images),
        "shown": item.show_picture,
    }
    for name, wanted in known.items():
        if name == "years":
            ends = (item.year_min or 0, item.year_max or 0)
            wider = (wanted[0] - ends[0], ends[1] - wanted[1])
            if not all(0 <= years <= _MOST_WIDER for years in wider):
                yield f"years: expected {wanted}, found {list(ends)}"
        elif facts[name] != wanted:
            yield f"{name}: expected {wanted!r}, found {facts[name]!r}"
