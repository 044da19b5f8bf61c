"""Pick the pictures on which both sides differ most, small enough to compare on a page."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from converter.calibrate.captures import SimulatedCapture
from converter.parity.metrics import Found, SearchComparison
from device.bundle.reader import OpenedBundle
from device.bundle.records import Record
from device.errors import UnknownRecordError
from device.imaging.encoding import to_webp
from device.recognition.verdict import Verdict

Kind = Literal["clean", "camera", "answers"]
CASES_A_KIND = 6
_SIDE = 200
_QUALITY = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePicture:
    """The best match of the kiosk or of the reference, with its picture.

    Attributes:
        picture: WebP; `None` if there is none or its licence forbids showing it.
    """

    record_id: str
    title: str
    picture: bytes | None
    score: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One picture on which kiosk and reference differ, with the best match of each.

    Attributes:
        kind: `clean` or `camera` for the lowest cosines, `answers` for different answers.
        picture: The query as WebP; `None` if the print's licence forbids showing it.
        cosine: Cosine between the two fingerprints of the picture.
        overlap: Share of the kiosk's ten nearest that are among the reference's ten.
    """

    kind: Kind
    record_id: str
    title: str
    picture: bytes | None
    cosine: float
    overlap: float
    reference: CasePicture
    kiosk: CasePicture


def worst_cases(
    bundle: OpenedBundle,
    clean: Sequence[SearchComparison],
    camera: Sequence[SearchComparison],
    captures: Sequence[SimulatedCapture],
) -> tuple[Case, ...]:
    """Return the worst cases of each kind, lowest cosines first.

    Args:
        bundle: Source of titles and pictures.
        clean: Comparisons of the collection's own pictures.
        camera: Comparisons of captures.
        captures: The capture of each comparison in `camera`.
    """
    pictures = {id(one): capture for one, capture in zip(camera, captures, strict=True)}
    chosen: list[tuple[Kind, SearchComparison]] = [("clean", one) for one in _worst(clean)]
    chosen += [("camera", one) for one in _worst(camera)]
    chosen += [
        ("answers", one) for one in _worst([c for c in [*camera, *clean] if not c.same_answer])
    ]
    return tuple(_case(bundle, kind, one, pictures.get(id(one))) for kind, one in chosen)


def _worst(comparisons: Sequence[SearchComparison]) -> list[SearchComparison]:
    return sorted(comparisons, key=lambda one: (one.cosine, one.record_id))[:CASES_A_KIND]


def _case(
    bundle: OpenedBundle, kind: Kind, one: SearchComparison, capture: SimulatedCapture | None
) -> Case:
    record = bundle.records.at(one.item)
    return Case(
        kind=kind,
        record_id=record.record_id,
        title=record.title,
        picture=(
            _museum_picture(bundle, record)
            if capture is None
            else _capture_picture(record, capture)
        ),
        cosine=one.cosine,
        overlap=one.overlap,
        reference=_case_picture(bundle, one.reference),
        kiosk=_case_picture(bundle, one.kiosk),
    )


def _case_picture(bundle: OpenedBundle, found: Found) -> CasePicture:
    record = bundle.records.at(found.item)
    return CasePicture(
        record_id=record.record_id,
        title=record.title,
        picture=_museum_picture(bundle, record),
        score=found.score,
        verdict=found.verdict,
    )


def _museum_picture(bundle: OpenedBundle, record: Record) -> bytes | None:
    if not record.show_picture:
        return None
    try:
        data = bundle.pictures.get(record.record_id, "thumb")
    except UnknownRecordError:
        return None
    with Image.open(io.BytesIO(data)) as image:
        return to_webp(np.asarray(image.convert("RGB")), side=_SIDE, quality=_QUALITY)


def _capture_picture(record: Record, capture: SimulatedCapture) -> bytes | None:
    if not record.show_picture:
        return None
    side = capture.pixels.shape[0]
    size = (
        max(1, round(side * min(1.0, capture.aspect))),
        max(1, round(side / max(1.0, capture.aspect))),
    )
    unsquashed = Image.fromarray(capture.pixels).resize(size, Image.Resampling.BILINEAR)
    return to_webp(np.asarray(unsquashed), side=_SIDE, quality=_QUALITY)
