"""Find a file whose name is written a little differently in the table.

Excel, Windows and macOS change capitals, Unicode forms and slashes. A difference of these kinds alone finds the file, with
a note. Any other near miss is named in the refusal. A folder is listed once, however many records name its files.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

OTHER_WRITING = "its file name differs from the table's in capitals, spaces or Unicode form"
OTHER_FOLDER = "only the last part of its path is used; the path is another computer's"
UNDERSCORES = "the slashes in its file name are underscores in the file's own name"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundName:
    """A file that was found, and what differs.

    Attributes:
        path: The file's path relative to the folder, with slashes.
        note: Line for staff.
    """

    path: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The names in one folder.

    Attributes:
        folded: Names by their folded form.
        stems: Names of files by the folded form of their stem.
        plain: Names of files by the letters and digits of their stem.
    """

    folded: Mapping[str, list[str]]
    stems: Mapping[str, list[str]]
    plain: Mapping[str, list[str]]


Listings: TypeAlias = dict[str, Listing]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNames:
    """The names of the files below a folder; each folder is listed when it is first needed.

    Attributes:
        root: The folder.
        listings: Folder below it to its names, as far as they were needed.
    """

    root: Path
    listings: Listings = field(default_factory=dict)

    def find(self, name: str) -> FoundName | None:
        """Return the one file that a name means, written otherwise; `None` for none or several.

        Args:
            name: A path relative to the folder, or one of another computer, with slashes or backslashes.
        """
        parts = [part for part in re.split(r"[\\/]", name) if part not in ("", ".")]
        if ".." in parts or not parts:
            return None
        is_rooted = name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) is not None
        if not is_rooted and (path := self._walk(parts)):
            return FoundName(path=path, note=OTHER_WRITING)
        if len(parts) > 1 and not is_rooted and (path := self._walk(["_".join(parts)])):
            return FoundName(path=path, note=UNDERSCORES)
        if (is_rooted or "\\" in name) and (path := self._walk(parts[-1:])):
            return FoundName(path=path, note=OTHER_FOLDER)
        return None

    def with_stem(self, stem: str, suffixes: Iterable[str]) -> list[str]:
        """Return the files with a stem and a suffix, in any capitals and any Unicode form.

        Args:
            stem: A path relative to the folder, without suffix.
            suffixes: In lower case, with their dots.
        """
        *folders, last = stem.split("/")
        above = self._walk(folders) if folders else ""
        if above is None or ".." in folders:
            return []
        wanted = tuple(suffixes)
        names = self._listing(above).stems.get(fold(last), ())
        found = sorted(name for name in names if Path(name).suffix.lower() in wanted)
        exact = [name for name in found if Path(name).stem == last]
        return [f"{above}/{name}" if above else name for name in exact or found]

    def nearest(self, name: str) -> str | None:
        """Return a file that a name may mean, such as one with another suffix; `None` without one."""
        *folders, last = re.split(r"[\\/]", name)
        above = self._walk(folders) if folders and ".." not in folders else ""
        listing = self._listing(above or "")
        stem = _stem(last)
        for names in (listing.stems.get(fold(stem)), listing.plain.get(_plain(stem))):
            if names:
                return f"{above}/{names[0]}" if above else names[0]
        return None

    def _walk(self, parts: Iterable[str]) -> str | None:
        """Return the path whose parts are these, exactly or folded; `None` for none or several."""
        path = ""
        for part in parts:
            names = self._listing(path).folded.get(fold(part), [])
            chosen = part if part in names else names[0] if len(names) == 1 else None
            if chosen is None:
                return None
            path = f"{path}/{chosen}" if path else chosen
        return path

    def _listing(self, path: str) -> Listing:
        if path not in self.listings:
            self.listings[path] = _list(self.root / path)
        return self.listings[path]


class FolderBounds:
    """Whether files are inside a folder, wherever links lead.

    Each folder's links are followed once. Doing so for each picture took a tenth of a check.
    """

    def __init__(self) -> None:
        self._known: dict[Path, bool] = {}

    def holds(self, root: Path, name: str) -> bool:
        """Return whether a path relative to a folder stays inside it, when links are followed.

        Raises:
            OSError, RuntimeError: When links lead in a circle.
        """
        path = root / name
        if path.name in ("", "..") or path.is_symlink():
            return path.resolve().is_relative_to(root.resolve())
        if path.parent not in self._known:
            self._known[path.parent] = path.parent.resolve().is_relative_to(root.resolve())
        return self._known[path.parent]


def fold(name: str) -> str:
    """Return a name without capitals, in one Unicode form, without spaces around it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _plain(stem: str) -> str:
    return re.sub(r"[\W_]+", "", fold(stem)) or fold(stem)


def _list(folder: Path) -> Listing:
    folded, stems, plain = defaultdict(list), defaultdict(list), defaultdict(list)
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:  # no folder, or one that can't be read
        names = []
    for name in names:
        folded[fold(name)].append(name)
        stems[fold(_stem(name))].append(name)
        plain[_plain(_stem(name))].append(name)
    return Listing(folded=folded, stems=stems, plain=plain)
