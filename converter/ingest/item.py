"""Make an item, a record with its picture, from one row of a museum's table."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from converter.ingest.facets import facet_values
from converter.ingest.mapping.makers import makers_text
from converter.ingest.mapping.titles import titles_of, with_title
from converter.ingest.mapping.year_columns import record_years
from converter.ingest.picture_files import PictureFile
from converter.ingest.relations import RelationText, parse_relations
from converter.ingest.settings import Settings
from converter.ingest.table import LIST_SEPARATOR
from device.bundle.metadata_fields import COLUMNS, MetadataFields

_UNTITLED = {"de": "Ohne Titel", "fr": "Sans titre", "it": "Senza titolo"}
# Fields whose text many records have. One copy of it saves a fifth of a large collection's memory.
_SHARED = frozenset(("classification", "technique", "institution", "rights", "credit"))
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(MetadataFields):
    """One record of the collection and its picture.

    Attributes:
        terms: Facet to values, for each of `device.bundle.filters.FACETS`.
        image_path: The museum's picture file. Text, because a hundred thousand paths take 50 MB.
        image_sha256: The sha256 of that file, in hex.
        width, height: Size of the upright picture, in pixels.
        show_picture: Whether its licence allows showing it.
        titles: Language to title, in the stated order, as far as the museum gives them.
        more_images: Further pictures of the work, such as its verso.
    """

    relations: tuple[RelationText, ...]
    terms: Mapping[str, tuple[str, ...]]
    image_path: str
    image_sha256: str
    width: int
    height: int
    show_picture: bool
    titles: Mapping[str, str] = field(default_factory=dict)
    more_images: tuple[PictureFile, ...] = ()

    @property
    def image(self) -> Path:
        """The museum's picture file."""
        return Path(self.image_path)

    @property
    def pictures(self) -> tuple[PictureFile, ...]:
        """All pictures of the work, first the first."""
        first = PictureFile(
            path=self.image, sha256=self.image_sha256, width=self.width, height=self.height
        )
        return (first, *self.more_images)


def make(
    values: Mapping[str, str],
    picture: PictureFile,
    settings: Settings,
    more: tuple[PictureFile, ...] = (),
) -> Item:
    """Return an item made from a row's values by field; an empty value becomes `None`.

    Args:
        values: Field to text, with `LIST_SEPARATOR` between the values of a list.
        picture: The record's picture.
        settings: The museum's description of its export.
        more: Further pictures of the work.
    """
    values = _prepared(values, settings)
    text = {name: _one_line(name, value) or None for name, value in values.items()}
    years = record_years(values)
    related = parse_relations(values.get("relations"))
    metadata: dict[str, Any] = {name: text.get(column) for name, column in COLUMNS.items()}
    metadata |= {
        "record_id": values["record_id"],
        "title": text.get("title") or placeholder_title(settings),
        "source_url": web_address(text.get("source_url")),
        "note": values.get("note") or None,
        "year_min": years.year_min if years else None,
        "year_max": years.year_max if years else None,
    }
    return Item(
        **metadata,
        relations=related,
        terms=facet_values(
            classification=text.get("classification"),
            technique=text.get("technique"),
            institution=text.get("institution"),
            makers=text.get("makers"),
            relations=related,
        ),
        image_path=str(picture.path),
        image_sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        show_picture=settings.rights.decide(text.get("rights")).is_shown,
        titles=titles_of(values, settings.title_order),
        more_images=more,
    )


def _one_line(field_name: str, value: str) -> str:
    """Return a text on one line, as the same object where it can be shared."""
    line = " ".join(value.split())
    if field_name in _SHARED:
        return sys.intern(line)
    return value if line == value else line


def _prepared(values: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Return a row's values as one text each, makers and title as they are shown."""
    plain = {
        name: "; ".join(part for value in text.split(LIST_SEPARATOR) if (part := value.strip()))
        for name, text in values.items()
        if LIST_SEPARATOR in text
    }
    made = {**values, **plain, "makers": makers_text(values.get("makers")) or ""}
    return with_title(made, settings.title_order)


def placeholder_title(settings: Settings) -> str:
    """Return the text shown for an empty title, in the language of the titles."""
    return _UNTITLED.get(settings.languages.get("title", "en").split("-")[0], "Untitled")


def web_address(text: str | None) -> str | None:
    """Return the first http or https address in a text; `None` without one."""
    found = _LINK.search(text or "")
    if found is None:
        return None
    address = found[0].rstrip(".,;")
    # "(see https://example.org/a)" ends before the bracket, "https://example.org/a_(b)" after it.
    return address.removesuffix(")") if address.count(")") > address.count("(") else address
