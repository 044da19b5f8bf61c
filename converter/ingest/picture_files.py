"""Find a record's picture file, and read its sha256, width and height without decoding it.

Every fault is raised as a `PictureError` whose message is the reason of a refusal.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath

from converter.errors import CollectionError, FetchError
from converter.ingest import heif_format
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.fetch.file_address import address_next_to
from converter.ingest.file_names import FileNames, FolderBounds, Listings
from converter.ingest.readers.source import is_address
from device.bundle.reader import sha256_of
from device.errors import PictureError
from device.imaging import decoding
from device.imaging.picture_formats import SUFFIXES

# In each process that reads pictures: the build starts its own.
heif_format.register()


class _OutsideError(PictureError):
    """A name that leads out of the folder."""


class NoPictureError(PictureError):
    """A record has no picture, and doesn't say that it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture file that has a readable header.

    Attributes:
        sha256: The sha256 of its bytes, in hex.
        width, height: Size of the upright picture, in pixels.
        notes: Lines for staff, such as a name that is written otherwise in the table.
    """

    path: Path
    sha256: str
    width: int
    height: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFolder:
    """The folder of a collection's pictures.

    Attributes:
        path: The folder; `None` for none, where a table was read from its address.
        address: Address of the table, which its file names are relative to as well; empty for a table in a file.
        pattern: Pattern of the file names; `None` where the table holds them.
        placeholders: Sha256 to file name of each picture that means "no picture".
        fetcher: Fetches pictures that the table names by address; `None` to refuse these.
    """

    path: Path | None
    address: str = ""
    pattern: str | None = None
    placeholders: Mapping[str, str] = field(default_factory=dict)
    fetcher: Fetcher | None = None
    _listings: Listings = field(default_factory=dict)
    _bounds: FolderBounds = field(default_factory=FolderBounds)

    def name_of(self, values: Mapping[str, str]) -> str:
        """Return the file name of a record's picture, from the table or from the pattern."""
        if self.pattern is None:
            return values.get("image", "")
        used = {name for _, name, _, _ in string.Formatter().parse(self.pattern) if name}
        filled = self.pattern.format(**{name: file_stem(values.get(name, "")) for name in used})
        return self._with_suffix(filled) if filled.endswith(".*") else filled

    def resolve(self, name: str) -> str:
        """Return the address of a file next to the table's address, else the name itself.

        A file in the folder comes first, so that a museum can replace one.
        """
        address = address_next_to(self.address, name) if self.address else None
        return name if address is None or self._is_here(name) else address

    def find(self, name: str) -> PictureFile:
        """Return a picture file by name, after checking it.

        Raises:
            NoPictureError: When no name is given, no file fits the pattern, or it is a placeholder.
            PictureError: When it is missing, outside the folder, empty, no picture, or too large.
        """
        path, notes = self._locate(name)
        try:
            if path.stat().st_size == 0:
                raise PictureError("expected a picture, found an empty file; export it again")
            header = decoding.read_header(path)
            sha256 = sha256_of(path)
        except OSError as error:
            raise PictureError(
                f"expected a picture file, found one that can't be read ({error.strerror})"
            ) from error
        if sha256 in self.placeholders:
            raise NoPictureError(
                f"expected a picture of the print, found the placeholder {self.placeholders[sha256]}"
            )
        return PictureFile(
            path=path,
            sha256=sha256,
            width=header.width,
            height=header.height,
            notes=(*notes, *header.notes),
        )

    def _fetched(self, address: str) -> Path:
        if self.fetcher is None:
            raise PictureError(
                "expected a picture file, found a web address, which isn't fetched here"
            )
        try:
            return self.fetcher.picture(address)
        except FetchError as error:
            raise PictureError(str(error)) from error

    def _locate(self, name: str) -> tuple[Path, tuple[str, ...]]:
        """Return the file that a name means, with a note where it is written otherwise."""
        if is_address(name):
            return self._fetched(name), ()
        try:
            path = self._inside(name)
            if _is_file(path):
                return path, ()
        except _OutsideError:
            if self._names.find(name) is None:
                raise
        found = self._names.find(name)
        if found is not None and _is_file(self._inside(found.path)):
            return self._inside(found.path), (found.note,)
        missing = PictureError if self.pattern is None else NoPictureError
        near = self._names.nearest(name)
        advice = f"did you mean {near}?" if near else "add it or correct its name"
        raise missing(f"expected a picture file, found none; {advice}")

    def _is_here(self, name: str) -> bool:
        return self.path is not None and (self.has(name) or self._names.find(name) is not None)

    @property
    def _names(self) -> FileNames:
        return FileNames(root=self._root(), listings=self._listings)

    def _root(self) -> Path:
        if self.path is None:
            raise PictureError(
                "expected a picture by address, found a file name without a folder; run printkiosk-convert start "
                "with --out FOLDER, put the picture there, and check FOLDER"
            )
        return self.path

    def _inside(self, name: str) -> Path:
        if not name:
            raise NoPictureError(
                "expected the name of a picture file, found none; add it to the table"
            )
        if not name.isprintable():
            raise PictureError(f"expected the name of a picture file, found {name!r}")
        plain = name.replace("\\", "/")  # as Windows writes it
        root = self._root()
        path = root / plain
        try:
            is_inside = not _is_rooted(plain) and self._bounds.holds(root, plain)
        except (OSError, RuntimeError) as error:  # a loop of links; RuntimeError before Python 3.13
            raise PictureError(
                f"expected a picture file, found a path that can't be followed ({error})"
            ) from error
        if not is_inside:
            raise _OutsideError(
                f"expected a picture inside {root.name}, found a path that leads outside; put the picture "
                "into the folder, or name the right folder in collection.toml: [collection] images"
            )
        return path

    def _with_suffix(self, name: str) -> str:
        stem = name.removesuffix(".*")
        found = self._names.with_stem(stem, SUFFIXES)
        if len(found) > 1:
            raise PictureError(f"expected one file {name}, found {' and '.join(found)}; keep one")
        return stem + Path(found[0]).suffix if found else name

    def has(self, name: str) -> bool:
        """Return whether a file of exactly this name is in the folder."""
        try:
            return _is_file(self._inside(name))
        except PictureError:
            return False


def _is_rooted(name: str) -> bool:
    return bool(PureWindowsPath(name).drive) or name.startswith("/")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False


def file_stem(value: str) -> str:
    """Return an inventory number as files are named by it: slashes do not separate folders."""
    return value.replace("/", "_").replace("\\", "_")


def open_folder(
    path: Path | None,
    *,
    address: str = "",
    pattern: str | None,
    placeholders: Path | None,
    fetcher: Fetcher | None = None,
) -> PictureFolder:
    """Open a folder of pictures, and hash the placeholders that no record may use.

    Raises:
        CollectionError: When a folder is missing, or the placeholders' folder is empty.
    """
    if path is not None and not path.is_dir():
        raise CollectionError(f"{path}: expected a folder of pictures, found none")
    made = PictureFolder(path=path, address=address, pattern=pattern, fetcher=fetcher)
    if placeholders is None:
        return made
    try:
        found = {
            sha256_of(file): file.name for file in sorted(placeholders.iterdir()) if file.is_file()
        }
    except OSError as error:
        raise CollectionError(
            f"{placeholders}: expected a folder of placeholder pictures, found none ({error.strerror})"
        ) from error
    if not found:
        raise CollectionError(
            f"{placeholders}: expected placeholder pictures, found an empty folder"
        )
    return replace(made, placeholders=found)
