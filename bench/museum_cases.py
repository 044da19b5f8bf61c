"""Compare what `start` and `check` make of an export with what a curator expects.

`expected.csv` has a row for each record: makers, years, title, whether its picture may be shown, number of pictures.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.case_folders import copied
from converter.errors import ConverterError
from converter.ingest import collection
from converter.ingest.collection import Collection, Item
from converter.ingest.item import placeholder_title
from converter.ingest.settings import Settings
from converter.ingest.start.command import start

_MOST_WIDER = 5  # years at either end that a right range may have too many
# Its table says no years, because its texts do: "1826–7". What they mean is measured with all dates.
_YEARS_IN_TEXT = "tate"


@dataclass(frozen=True, slots=True, kw_only=True)
class MuseumCase:
    """A museum's export, and the records expected of it."""

    folder: Path
    records: tuple[Mapping[str, str], ...]


def read_museums(folder: Path) -> list[MuseumCase]:
    """Return the exports of a folder, each with its rows of `expected.csv`."""
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        MuseumCase(folder=path, records=tuple(row for row in rows if row["export"] == path.name))
        for path in sorted(folder.iterdir())
        if path.is_dir()
    ]


def faults(case: MuseumCase) -> list[str]:
    """Return how an export's records differ from the expected ones; nothing if they don't."""
    with copied(case.folder) as folder:
        try:
            start(folder)
            found = collection.read(folder)
        except ConverterError as error:
            return [str(error)]
    return differences(found, case.records)


def differences(found: Collection, records: Sequence[Mapping[str, str]]) -> list[str]:
    """Return how a collection's records differ from the rows of `expected.csv`."""
    items = {item.record_id: item for item in found.items}
    wrong = [f"refused: {one.record_id or '(no id)'}: {one.reason}" for one in found.refusals]
    wrong += [f"without a picture: {one.record_id}" for one in found.findings.without_picture]
    if not items:
        wrong.append("no record")
    if records:
        expected = {row["record"] for row in records}
        wrong += [f"{name}: not expected" for name in sorted(set(items) - expected)]
    for row in records:
        item = items.get(row["record"])
        if item is None:
            wrong.append(f"{row['record']}: missing")
        else:
            wrong += [f"{row['record']}: {text}" for text in _differences(item, row)]
    return wrong


def _differences(item: Item, row: Mapping[str, str]) -> Iterator[str]:
    title, *others = row["title"].split(" | ")
    languages = dict(other.split(": ", 1) for other in others)
    for name, wanted, is_found in (
        ("makers", row["makers"], item.makers or ""),
        ("title", title or placeholder_title(Settings()), item.title),
        ("titles", languages, dict(item.titles)),
        ("picture_shown", row["picture_shown"], "yes" if item.show_picture else "no"),
        ("pictures", row["pictures"], str(1 + len(item.more_images))),
    ):
        if wanted != is_found:
            yield f"{name}: expected {wanted!r}, found {is_found!r}"
    if not _are_years_right(item, row):
        years = f"{row['year_from']} to {row['year_to']}"
        yield f"years: expected {years}, found {item.year_min} to {item.year_max}"


def _are_years_right(item: Item, row: Mapping[str, str]) -> bool:
    first, last = item.year_min, item.year_max
    if not row["year_from"] and not row["year_to"]:
        is_dated = first is not None or last is not None
        return is_dated if row["export"] == _YEARS_IN_TEXT else not is_dated
    if first is None or last is None:
        return False
    wider = (int(row["year_from"]) - first, last - int(row["year_to"]))
    return all(0 <= years <= _MOST_WIDER for years in wider)
