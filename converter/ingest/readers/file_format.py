"""Recognise a table's format by its content, whatever its name says."""

import json
import zipfile
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.readers import iiif, lido
from converter.ingest.readers.text_file import detect_encoding, read_head

_HEAD = 1 << 16
_MOST_CONTROLS = 0.06  # share of control characters; a faulty export holds a few, random bytes 0.08
_ZIP = b"PK\x03\x04"
# What a file may be in place of a table, by its first bytes, and what to do.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or one with a password", "save it as .xlsx"),
    (_ZIP, "a packed archive or an OpenDocument table", "unpack it, or save it as .xlsx"),
    (b"%PDF", "a PDF", "export the table as CSV UTF-8"),
    (b"{\\rtf", "a text of a word processor", "export the table as CSV UTF-8"),
    (b"\xff\xd8\xff", "a picture", "name the table"),
    (b"\x89PNG", "a picture", "name the table"),
    (b"SQLite format 3", "a database", "export the table as CSV UTF-8"),
    (b"PAR1", "a Parquet file", "export the table as CSV UTF-8"),
)


class FileHead:
    """The first bytes of a file, and what they show.

    Attributes:
        path: The file.
        data: Its first bytes, unpacked if it is packed by gzip.
        text: The same as text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = read_head(path, _HEAD)
        self.text = self.data.decode(detect_encoding(self.data[:4096]), "replace").lstrip()

    def is_workbook(self) -> bool:
        """Return whether it is an Excel workbook (XLSX)."""
        if not self.data.startswith(_ZIP):
            return False
        try:
            with zipfile.ZipFile(self.path) as archive:
                return any(name.endswith("workbook.xml") for name in archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError):
            return False

    def is_xml(self) -> bool:
        """Return whether it is XML or HTML."""
        return self.text.startswith("<")

    def is_lido(self) -> bool:
        """Return whether it is LIDO."""
        return lido.looks_like(self.text.encode("utf-8", "replace"))

    def is_json(self) -> bool:
        """Return whether it is JSON or JSON Lines."""
        after = self.text[1:].lstrip()[:1]
        return (self.text[:1] == "{" and after in ('"', "}")) or (
            self.text[:1] == "[" and (not after or after in '{["]-0123456789tfn')
        )

    def is_json_object(self) -> bool:
        """Return whether it is JSON whose outermost value is an object."""
        return self.is_json() and self.text.startswith("{")

    def is_iiif(self) -> bool:
        """Return whether it is a IIIF manifest or collection."""
        return iiif.looks_like(self.text.encode("utf-8", "replace"))

    def is_iiif_collection(self) -> bool:
        """Return whether it is a IIIF collection, which names its manifests."""
        start = self.text[:2000].replace(" ", "")
        return self.is_iiif() and any(
            f'type":"{name}"' in start for name in ("Collection", "sc:Collection")
        )

    def check_text(self) -> None:
        """Raise an error for what can't be a table of text.

        Raises:
            CollectionError: With what the file is, and what to do.
        """
        found = self._other_kind()
        if found is not None:
            name, advice = found
            raise CollectionError(
                f"{self.path}: expected a table (CSV, XLSX, JSON, LIDO or IIIF), found {name}; {advice}"
            )

    def _other_kind(self) -> tuple[str, str] | None:
        """Return what the file is if it is no table of text, and what to do."""
        if self.data.startswith(_ZIP) and not zipfile.is_zipfile(self.path):
            return "a workbook or archive that is damaged or ends early", "copy or export it again"
        for start, name, advice in _OTHERS:
            if self.data.startswith(start):
                return name, advice
        if self.is_xml():
            is_page = "<html" in self.text[:2000].lower()
            name = "HTML, which is a web page" if is_page else "XML that isn't LIDO"
            return name, "export the works as LIDO or as CSV UTF-8"
        if _is_single_value(self.text):
            return "a single value of JSON", "export the works as a list of objects"
        if sum(map(_is_control, self.text)) > len(self.text) * _MOST_CONTROLS:
            return "bytes that are no text", "name the table, or export it again as CSV UTF-8"
        return None


def _is_control(sign: str) -> bool:
    return sign < " " and sign not in "\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f"


def _is_single_value(text: str) -> bool:
    try:
        return not isinstance(json.loads(text), list | dict)
    except (ValueError, RecursionError):
        return False
