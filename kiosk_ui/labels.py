"""Turns records into museum labels: plain values for the templates.

Pure: no I/O, no clock, no Flask.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal
from urllib.parse import quote

from device.service import FACTS, Record, Relation, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A relation as the label shows it; `record_id` is `None` without a record to open.

    Attributes:
        language: BCP 47 tag of its words; `None` if the museum doesn't state it.
    """

    kind: str
    words: str
    record_id: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPicture:
    """One of several pictures of a record: its addresses, and its size in pixels."""

    thumb: str
    screen: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One field of a record as a label shows it: its name and the museum's text."""

    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One print's museum label.

    Attributes:
        makers, date, technique: The lines under the title; `None` if unknown.
        facts: The collection, the inventory number and other fields shown under the technique.
        credit: Credit and licence, always shown with the picture.
        thumb, screen: Addresses of its picture; `None` if its licence forbids showing it.
        home: Address of the sheet with its link to take home; `None` without a link.
        width, height: Size of its picture in pixels.
        pictures: All its pictures, if it has several that may be shown; else empty.
        position: Which of its pictures the label shows, from 0.
        size: Length of the title: `short`, `long` or `endless`; decides its type size.
        languages: Field to BCP 47 tag, for the fields whose language the museum states.
    """

    record_id: str
    title: str
    makers: str | None
    date: str | None
    technique: str | None
    facts: tuple[Fact, ...]
    credit: tuple[str, ...]
    note: str | None
    related: tuple[Related, ...]
    thumb: str | None
    screen: str | None
    home: str | None
    width: int
    height: int
    pictures: tuple[LabelPicture, ...]
    position: int
    size: Literal["short", "long", "endless"]
    languages: Mapping[str, str]


def label(
    record: Record,
    bundle_id: str,
    languages: Mapping[str, str],
    visitor: str,
    *,
    related: Mapping[str, Record] | None = None,
    position: int = 0,
) -> Label:
    """Return a print's museum label.

    The title is in the visitor's language if the museum gives one, else the museum's main title.

    Args:
        record: The print's record.
        bundle_id: The bundle that holds the record.
        languages: Field to BCP 47 tag.
        visitor: BCP 47 tag of the visitor's language.
        related: Related records by id, whose titles replace the relations' own words.
        position: Which of its pictures to show, from 0.
    """
    title, shown = record.title_in(visitor), record.pictures[position]
    address = partial(picture_address, record, bundle_id, position=position)
    title_language = _title_language(record, languages, visitor)
    return Label(
        record_id=record.record_id,
        title=title,
        makers=record.makers,
        date=record.date_text,
        technique=record.technique or record.classification,
        facts=_facts(record),
        credit=tuple(dict.fromkeys(line for line in (record.credit, record.rights) if line)),
        note=record.note,
        related=_related(record, related or {}, languages, visitor),
        thumb=address("thumb") if record.show_picture else None,
        screen=address("screen") if record.show_picture else None,
        home=f"/home/{quote(record.record_id)}" if record.source_url else None,
        width=shown.width,
        height=shown.height,
        pictures=_pictures(record, bundle_id),
        position=position,
        size=_size(title),
        languages={**languages, "title": title_language} if title_language else languages,
    )


def picture_address(record: Record, bundle_id: str, size: Size, position: int = 0) -> str:
    """Return the address of one of a record's pictures; position 0 is its first."""
    number = f"&position={position}" if position else ""
    return (
        f"/api/v1/records/{quote(record.record_id)}/picture?bundle={bundle_id}&size={size}{number}"
    )


def _pictures(record: Record, bundle_id: str) -> tuple[LabelPicture, ...]:
    if not (record.show_picture and record.more_pictures):
        return ()
    return tuple(
        LabelPicture(
            thumb=picture_address(record, bundle_id, "thumb", position),
            screen=picture_address(record, bundle_id, "screen", position),
            width=picture.width,
            height=picture.height,
        )
        for position, picture in enumerate(record.pictures)
    )


def _title_language(record: Record, languages: Mapping[str, str], visitor: str) -> str | None:
    return visitor if visitor in record.titles else languages.get("title")


def _facts(record: Record) -> tuple[Fact, ...]:
    texts = {name: getattr(record, name) for name in FACTS}
    return tuple(Fact(field=name, text=text) for name, text in texts.items() if text)


def _related(
    record: Record, known: Mapping[str, Record], languages: Mapping[str, str], visitor: str
) -> tuple[Related, ...]:
    return tuple(
        related_to(relation, known.get(relation.record_id or ""), languages, visitor)
        for relation in record.relations
    )


def related_to(
    relation: Relation, other: Record | None, languages: Mapping[str, str], visitor: str
) -> Related:
    """Return a relation as a label shows it, with the other record's title if it is known."""
    if other is None:
        words, language = relation.target, languages.get("relations")
    else:
        words, language = other.title_in(visitor), _title_language(other, languages, visitor)
    return Related(kind=relation.kind, words=words, record_id=relation.record_id, language=language)


def _size(title: str) -> Literal["short", "long", "endless"]:
    if len(title) <= 40:
        return "short"
    return "long" if len(title) <= 110 else "endless"
