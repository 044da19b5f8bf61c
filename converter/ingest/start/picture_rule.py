"""Find the column that holds the pictures' file names, or that the files are named by."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from converter.ingest.columns import FIELDS
from converter.ingest.mapping.column_names import ALIASES, normalised
from converter.ingest.picture_files import file_stem
from converter.ingest.start.profile import ExportProfile
from converter.ingest.table import LIST_SEPARATOR
from device.imaging.picture_formats import SUFFIXES

_NUMBERS = ("record_id", "inventory_number", "image")
_MOST_FILES = 200_000
_TRIED = 200  # values of a column that are looked for
_ENOUGH = 0.5  # share of a column's values that must name a file
_SEPARATORS = re.compile(rf"[|;\n{LIST_SEPARATOR}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRule:
    """How the pictures are found.

    Attributes:
        column: The column that holds file names, or that the files are named by.
        images: The folder that the names are relative to, within the collection; empty for the collection's own.
        before, after: What a file's name has around the column's value; `None` where the column holds file names.
        found: Number of values tried that name a file.
        tried: Number of values tried.
        files: Number of picture files in the folder.
    """

    column: str
    images: str
    before: str | None
    after: str | None
    found: int
    tried: int
    files: int

    def pattern(self, field: str) -> str | None:
        """Return `image_names` for the field that the column is mapped to; `None` without one."""
        if self.before is None or self.after is None:
            return None
        return f"{_escaped(self.before)}{{{field}}}{_escaped(self.after)}.*"


def picture_files(folder: Path) -> list[str]:
    """Return the paths of all picture files in a folder and below, relative to it."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
            found.append(path.relative_to(folder).as_posix())
        if len(found) >= _MOST_FILES:
            break
    return found


def picture_rule(profile: ExportProfile, files: Sequence[str]) -> PictureRule | None:
    """Return the rule that finds the most pictures; `None` if none finds half of its values."""
    rules = [rule for rule in _rules(profile, files) if rule.found >= _ENOUGH * rule.tried]
    # Of two columns that find the same pictures, a column of file names is meant, then one with a value for each row.
    return max(
        rules,
        default=None,
        key=lambda rule: (rule.found, rule.before is None, profile.is_id(rule.column)),
    )


def _rules(profile: ExportProfile, files: Sequence[str]) -> Iterator[PictureRule]:
    stems: dict[str, list[str]] = {}
    for file in files:
        stems.setdefault(PurePosixPath(file).stem, []).append(file)
    exact = {file.casefold() for file in files}
    folders = ["", *dict.fromkeys(str(PurePosixPath(file).parent) for file in files if "/" in file)]
    for column, one in profile.columns.items():
        values = list(dict.fromkeys(one.values))[:_TRIED]
        if not values:
            continue
        count = len(files)
        for folder in folders[:20]:
            inside = f"{folder}/" if folder else ""
            found = sum(any((inside + n).casefold() in exact for n in _names(v)) for v in values)
            if found:
                yield PictureRule(
                    column=column,
                    images=folder,
                    before=None,
                    after=None,
                    found=found,
                    tried=len(values),
                    files=count,
                )
        if not _means_another_field(column):
            yield from _named_by(column, values, stems, count)


def _means_another_field(column: str) -> bool:
    """Return whether a column is no number that files are named by: a print may be called "1"."""
    return any(
        normalised(column) in map(normalised, (field, *ALIASES.get(field, ())))
        for field in FIELDS
        if field not in _NUMBERS
    )


def _names(value: str) -> list[str]:
    parts = [value, *_SEPARATORS.split(value)]
    paths = [part.strip().replace("\\", "/") for part in parts]
    rooted = [path for path in paths if re.match(r"[A-Za-z]:/|/", path)]
    return [*paths, *(path.rpartition("/")[2] for path in rooted)]


def _named_by(
    column: str, values: Sequence[str], stems: dict[str, list[str]], count: int
) -> Iterator[PictureRule]:
    """Yield the rule of files named by a column's values, alone or between other text."""
    found: Counter[tuple[str, str, str]] = Counter()
    for value in values:
        stem = file_stem(value)
        if stem in stems:
            found.update({(str(PurePosixPath(file).parent), "", "") for file in stems[stem]})
    if not found:
        found = _between(values, stems)
    for (folder, before, after), number in found.most_common(1):
        yield PictureRule(
            column=column,
            images="" if folder == "." else folder,
            before=before,
            after=after,
            found=number,
            tried=len(values),
            files=count,
        )


def _between(values: Sequence[str], stems: dict[str, list[str]]) -> Counter[tuple[str, str, str]]:
    """Count what file names have around a value, such as "scan_1234_full"."""
    found: Counter[tuple[str, str, str]] = Counter()
    for value in values[:50]:
        stem = file_stem(value)
        if len(stem) < 2:
            continue
        for name, files in stems.items():
            before, is_in, after = name.partition(stem)
            if is_in and not before[-1:].isalnum() and not after[:1].isalnum():
                found.update({(str(PurePosixPath(file).parent), before, after) for file in files})
    # One file with a number somewhere in its name is chance.
    return Counter({rule: number for rule, number in found.items() if number > 1})


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
