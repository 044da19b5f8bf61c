"""Recognise a table's format by its content, whatever its name says."""

import zipfile
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.readers import iiif, lido
from converter.ingest.readers.text_file import detect_encoding, read_head

_HEAD = 1 << 16
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
        for start, name, advice in _OTHERS:
            if self.data.startswith(start):
                raise CollectionError(
                    f"{self.path}: expected a table (CSV, XLSX, JSON, LIDO or IIIF), found {name}; {advice}"
                )
        if self.is_xml():
            name = "HTML" if "<html" in self.text[:2000].lower() else "XML that isn't LIDO"
            raise CollectionError(
                f"{self.path}: expected a table (CSV, XLSX, JSON, LIDO or IIIF), found {name}; "
                "export the works as LIDO or as CSV UTF-8"
            )
