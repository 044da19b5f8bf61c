"""Read one LIDO record into cells by field.

Measurements are passed over: a kiosk shows none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from converter.ingest.readers.languages import Text, by_language, in_language
from converter.ingest.readers.lido.elements import (
    LidoElement,
    addresses,
    attribute,
    children,
    terms,
    texts,
)
from converter.ingest.readers.lido.events import Making, making, techniques
from converter.ingest.table import LIST_SEPARATOR

# Kinds of resources from the best picture to the smallest, by the end of their name or address in the LIDO terminology.
_SMALL = re.compile(r"thumb|lido00451|lido00452|preview|overview|icon", re.IGNORECASE)
_LARGE = re.compile(r"master|lido00464|full|original", re.IGNORECASE)
_NO_PICTURE = re.compile(
    r"\.(pdf|mp[34]|m4[av]|mov|avi|wav|ogg|glb|gltf|obj|ply|stl|html?|xml|json|docx?|zip)([?#].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LidoRecord:
    """One work of a LIDO file.

    Attributes:
        titles: In every language, preferred ones first.
        cells: By field, in the main language; only what isn't empty.
        unknown_events: Kinds of events that were passed over.
    """

    titles: tuple[Text, ...]
    cells: Mapping[str, str]
    unknown_events: tuple[str, ...]


def titles(record: LidoElement) -> tuple[Text, ...]:
    """Return a record's titles in every language, preferred ones first."""
    return tuple(_identified(record, "titleWrap", "titleSet", "appellationValue"))


def read_record(record: LidoElement, language: str) -> LidoRecord:
    """Read a record's cells in the main language, and its titles in all."""
    events = list(children(record, "descriptiveMetadata", "eventWrap", "eventSet", "event"))
    made = making(events, language)
    named = titles(record)
    cells = {
        "record_id": _record_id(record),
        **by_language("title", named, language),
        **_made(record, made, language),
        **_described(record, language),
        **_held(record, language),
        **_administered(record, language),
    }
    return LidoRecord(
        titles=named,
        cells={field: cell for field, cell in cells.items() if cell},
        unknown_events=made.unknown_events,
    )


def _identified(record: LidoElement, *names: str) -> list[Text]:
    return texts(record, "descriptiveMetadata", "objectIdentificationWrap", *names)


def _record_id(record: LidoElement) -> str:
    # The museum's own id; `lidoRecID` is the one that it has in the portal.
    own = list(children(record, "administrativeMetadata", "recordWrap", "recordID"))
    own.sort(key=lambda one: not attribute(one, "type").lower().endswith(("local", "lido00100")))
    found = [one.words for one in (*own, *children(record, "lidoRecID"))]
    return next(filter(None, found), "")


def _made(record: LidoElement, made: Making, language: str) -> dict[str, str]:
    parts = children(
        record,
        *("descriptiveMetadata", "objectIdentificationWrap"),
        *("objectMaterialsTechWrap", "objectMaterialsTechSet"),
    )
    own = [words for part in parts for words in techniques(part, language)]
    return {
        "makers": LIST_SEPARATOR.join(made.makers),
        "date": made.date,
        "year_from": "" if made.year_from is None else str(made.year_from),
        "year_to": "" if made.year_to is None else str(made.year_to),
        "technique": _joined(made.techniques or own),
    }


def _described(record: LidoElement, language: str) -> dict[str, str]:
    wrap = ("descriptiveMetadata", "objectClassificationWrap")
    concepts = children(record, *wrap, "objectWorkTypeWrap", "objectWorkType")
    notes = _identified(
        record, "objectDescriptionWrap", "objectDescriptionSet", "descriptiveNoteValue"
    )
    return {
        "classification": _joined(
            words for concept in concepts for words in in_language(terms(concept), language)[:1]
        ),
        "note": "\n".join(in_language(notes, language)),
        "relations": "; ".join(_relations(record, language)),
    }


def _relations(record: LidoElement, language: str) -> list[str]:
    found = []
    for related in children(
        record, "descriptiveMetadata", "objectRelationWrap", "relatedWorksWrap", "relatedWorkSet"
    ):
        kinds = [
            words
            for concept in children(related, "relatedWorkRelType")
            for words in in_language(terms(concept), language)[:1]
        ]
        works = texts(related, "relatedWork", "object", "objectID") or texts(
            related, "relatedWork", "displayObject"
        )
        if works:
            work = in_language(works, language)[0].replace(";", ",")
            found.append(": ".join([*(kind.replace(";", ",") for kind in kinds[:1]), work]))
    return found


def _held(record: LidoElement, language: str) -> dict[str, str]:
    sets = list(
        children(
            record,
            *("descriptiveMetadata", "objectIdentificationWrap", "repositoryWrap", "repositorySet"),
        )
    )
    former = [one for one in sets if attribute(one, "type").lower().startswith("former")]
    holders = [one for one in sets if one not in former]
    holders.sort(key=lambda one: not attribute(one, "type").lower().startswith("current"))
    names = [
        text
        for one in holders
        for text in texts(one, "repositoryName", "legalBodyName", "appellationValue")
    ]
    numbers = [one for holder in holders for one in children(holder, "workID")]
    numbers.sort(key=lambda one: "inventory" not in attribute(one, "type").lower())
    return {
        "institution": next(iter(in_language(names, language)), ""),
        "inventory_number": next(filter(None, (one.words for one in numbers)), ""),
    }


def _administered(record: LidoElement, language: str) -> dict[str, str]:
    resources = sorted(
        children(record, "administrativeMetadata", "resourceWrap", "resourceSet"), key=_order
    )
    pictures = [(one, link) for one in resources if (link := _link(one))]
    rights = [right for one, _ in pictures for right in children(one, "rightsResource")]
    rights += children(record, "administrativeMetadata", "rightsWorkWrap", "rightsWorkSet")
    # The rights of the record's text (`recordRights`) say nothing about the picture.
    info = ("administrativeMetadata", "recordWrap", "recordInfoSet", "recordInfoLink")
    return {
        "rights": _joined(words for right in rights for words in _statements(right, language)),
        "credit": next((words for right in rights for words in _credits(right, language)), ""),
        "source_url": next(filter(None, (one.words for one in children(record, *info))), ""),
        "image": _joined(link for _, link in pictures),
    }


def _statements(right: LidoElement, language: str) -> list[str]:
    found = []
    for concept in children(right, "rightsType"):
        words = in_language(terms(concept), language)[:1]
        found += addresses(concept)[:1] or list(words)
    return found


def _credits(right: LidoElement, language: str) -> Sequence[str]:
    return in_language(texts(right, "creditLine"), language) or in_language(
        texts(right, "rightsHolder", "legalBodyName", "appellationValue"), language
    )


def _order(resource: LidoElement) -> float:
    order = attribute(resource, "sortorder")
    return int(order) if order.isdecimal() else float("inf")


def _link(resource: LidoElement) -> str:
    """Return the link of a resource's largest picture; empty without a picture."""
    found = []
    for one in children(resource, "resourceRepresentation"):
        kind = attribute(one, "type")
        size = -1 if _SMALL.search(kind) else 1 if _LARGE.search(kind) else 0
        for link in children(one, "linkResource"):
            form = attribute(link, "formatResource").lower()
            is_picture = form.startswith("image") or "/" not in form
            if link.words and is_picture and not _NO_PICTURE.search(link.words):
                found.append((size, link.words))
    return max(found, key=lambda pair: pair[0], default=(0, ""))[1]


def _joined(values: Iterable[str]) -> str:
    return LIST_SEPARATOR.join(dict.fromkeys(values))
