"""Keep failed queries as small pictures: the frame with the sheet found, and the prints."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from device.bundle.pictures import MEDIA_TYPE
from device.bundle.reader import OpenedBundle
from device.bundle.records import Record
from device.errors import UnknownRecordError
from device.imaging import encoding
from device.recognition.recogniser import Answer, Corner
from evaluation.queries import EvaluationQuery, QueryPicture

SIDE = 320
_QUALITY = 70
_OUTLINE = (255, 120, 0)
_MOST = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedPrint:
    """A print in a failure: its id, its title and a small picture.

    Attributes:
        picture: A data URI; `None` if the picture may not be shown.
    """

    record_id: str
    title: str
    picture: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One wrong answer, with the pictures that the page shows of it.

    Attributes:
        frame: The frame with the corners found drawn on it, as a data URI.
        conditions: The capture's conditions in words.
        right: The right answer; `None` for "not in this collection".
        answered: The first match; `None` without matches.
    """

    section: str
    name: str
    conditions: str
    frame: str
    verdict: str
    confidence: float
    right: FailedPrint | None
    answered: FailedPrint | None


def failure_of(
    bundle: OpenedBundle,
    query: EvaluationQuery,
    shown: QueryPicture,
    answer: Answer,
    section: str,
    right: frozenset[int],
) -> Failure:
    """Return the failure for a wrong answer, with small pictures of the frame and the prints.

    Args:
        bundle: The bundle that answered.
        query: The query.
        shown: The query's picture.
        answer: The wrong answer.
        section: Name of the query's section.
        right: Items of the right answers; empty if "not in this collection" is right.
    """
    first = answer.matches[0].record if answer.matches else None
    wanted = list(map(bundle.records.at, sorted(right)))
    wanted.sort(key=lambda record: record.record_id != query.name)
    return Failure(
        section=section,
        name=query.name,
        conditions=shown.conditions,
        frame=_frame(shown, answer.sheet),
        verdict=answer.verdict.value,
        confidence=float(answer.confidence),
        right=_failed_print(bundle, wanted[0]) if wanted else None,
        answered=_failed_print(bundle, first) if first else None,
    )


def select_failures(failures: Sequence[Failure], most: int = _MOST) -> tuple[Failure, ...]:
    """Return at most `most` failures, from each section in turn, most confident first."""
    groups: dict[str, list[Failure]] = {}
    for failure in sorted(failures, key=lambda failure: -failure.confidence):
        groups.setdefault(failure.section, []).append(failure)
    names = list(dict.fromkeys(failure.section for failure in failures))
    turns = [
        groups[name][place]
        for place in range(max(map(len, groups.values()), default=0))
        for name in names
        if place < len(groups[name])
    ]
    chosen = turns[:most]
    return tuple(sorted(chosen, key=lambda failure: names.index(failure.section)))


def _frame(shown: QueryPicture, sheet: Sequence[Corner] | None) -> str:
    height, width = shown.pixels.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(shown.pixels, size, interpolation=cv2.INTER_AREA)
    if sheet is not None:
        outline = np.rint(np.array([(c.x, c.y) for c in sheet]) * scale * 16).astype(np.int32)
        cv2.polylines(small, [outline], True, _OUTLINE, 2, cv2.LINE_AA, 4)
    return data_uri("image/jpeg", encoding.to_jpeg(small, side=SIDE, quality=_QUALITY))


def _failed_print(bundle: OpenedBundle, record: Record) -> FailedPrint:
    return FailedPrint(
        record_id=record.record_id, title=record.title, picture=_thumbnail(bundle, record)
    )


def _thumbnail(bundle: OpenedBundle, record: Record) -> str | None:
    if not record.show_picture:
        return None
    try:
        return data_uri(MEDIA_TYPE, bundle.pictures.get(record.record_id, "thumb"))
    except UnknownRecordError:
        return None


def data_uri(kind: str, data: bytes) -> str:
    """Return bytes as a `data:` address of a media type, such as `image/jpeg`."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
