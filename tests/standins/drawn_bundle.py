"""Bundles of drawn prints, with small models in place of VGG16; written in under a second."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import bundle_manifest
import cv2
import numpy as np
import numpy.typing as npt
from shared_codebook import trained_codebook

from converter.build import bundle_writer, features, index
from converter.calibrate.captures import PrintPicture
from converter.ingest.item import Item
from converter.ingest.picture_files import PictureFile
from converter.ingest.relations import RelationText
from device.bundle import layout
from device.bundle.pictures import SIDES, Size
from device.bundle.reader import sha256_of
from device.imaging.encoding import to_webp
from device.imaging.frames import Pixels
from device.recognition.embedding.nearest import Vectors, normalise
from device.recognition.embedding.preprocess import to_input

_CELLS = 14
_WEIGHTS = np.random.default_rng(1).standard_normal((_CELLS * _CELLS * 3, 512)).astype(np.float32)


def draw(number: int) -> Pixels:
    """Return a print of blots on paper, 120 by 160 or 160 by 120 pixels; each number differs."""
    rng = np.random.default_rng(number)
    size = (160, 120, 3) if number % 2 else (120, 160, 3)
    paper = np.full(size, rng.integers(200, 250, 3), np.uint8)
    for _ in range(12):
        centre = tuple(int(v) for v in rng.integers(0, 160, 2))
        ink = tuple(int(v) for v in rng.integers(0, 160, 3))
        cv2.circle(paper, centre, int(rng.integers(6, 32)), ink, -1)
    return paper


def full_precision(pixels: npt.NDArray[np.uint8]) -> Vectors:
    """Return fingerprints, as float32 VGG16 would: uint8 (N, 224, 224, 3) to (N, 512)."""
    return _layer_normed(_features(pixels) @ _WEIGHTS)


def quantised(pixels: npt.NDArray[np.uint8]) -> Vectors:
    """Return fingerprints, as int8 VGG16 would, from weights rounded to 20 steps."""
    step = np.abs(_WEIGHTS).max() / 20
    return _layer_normed(_features(pixels) @ ((_WEIGHTS / step).round() * step))


def _features(pixels: npt.NDArray[np.uint8]) -> Vectors:
    cells = pixels.reshape(len(pixels), _CELLS, 16, _CELLS, 16, 3).mean(axis=(2, 4))
    return (cells.reshape(len(pixels), -1) / 255 - 0.5).astype(np.float32)


def _layer_normed(values: Vectors) -> Vectors:
    centred = values - values.mean(axis=1, keepdims=True)
    return (centred / values.std(axis=1, keepdims=True)).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnBundle:
    """A bundle on disk and the prints that it was made from."""

    path: Path
    prints: tuple[PrintPicture, ...]


def write(
    folder: Path,
    numbers: Sequence[int],
    *,
    relations: Mapping[int, int] | None = None,
    hidden: Sequence[int] = (),
    more: Mapping[int, Sequence[int]] | None = None,
    titles: Mapping[int, Mapping[str, str]] | None = None,
    recall: float = 0.995,
) -> DrawnBundle:
    """Write a bundle of drawn prints.

    Args:
        folder: The new folder of the bundle.
        numbers: The number of each row's drawing; a repeated number is one picture in two records.
        relations: Maps a row to the row that it is a state of.
        hidden: Rows whose picture may not be shown.
        more: Row to the numbers of the drawings that are its further pictures.
        titles: Row to its titles, language to text.
        recall: The recall that the index must reach. It counts rows, so equal pictures lower it.
    """
    folder.mkdir(parents=True)
    more = more or {}
    items = [
        replace(
            _item(row, draw(number), (relations or {}).get(row), row not in hidden),
            more_images=tuple(_file(f"{row}-{other}", draw(other)) for other in more.get(row, ())),
            titles=(titles or {}).get(row, {}),
        )
        for row, number in enumerate(numbers)
    ]
    firsts = [draw(number) for number in numbers]
    drawings = [*firsts, *(draw(other) for row in sorted(more) for other in more[row])]
    vectors = normalise(quantised(np.stack([to_input(drawing) for drawing in drawings])))
    (folder / layout.MODEL).write_bytes(b"a model of another kind")
    sha256 = sha256_of(folder / layout.MODEL)
    built = index.build(
        vectors, vectors, folder / layout.INDEX, model_sha256=sha256, target_recall=recall
    )

    def picture(item: Item, position: int, size: Size) -> bytes:
        row = items.index(item)
        pixels = draw(more[row][position - 1]) if position else firsts[row]
        return to_webp(pixels, side=SIDES[size], quality=80)

    bundle_writer.write_records(items, {"title": "en"}, folder / layout.RECORDS)
    bundle_writer.write_pictures(items, picture, folder)
    bundle_writer.write_arrays(vectors, built.projection, folder)
    book = trained_codebook()
    features.write([features.make_entry(drawing, book) for drawing in drawings], book, folder)
    bundle_manifest.write(
        folder,
        items,
        built.spec,
        bundle_manifest.thresholds(
            false_accepts=0.01, missed=0.1, false_similar=0.2, fitted_on=40, measured_on=40
        ),
        name="Drawn prints",
        languages={"title": "en"},
    )
    return DrawnBundle(path=folder, prints=tuple(_print(row, d) for row, d in enumerate(firsts)))


def _file(name: str, drawing: Pixels) -> PictureFile:
    height, width = drawing.shape[:2]
    sha256 = hashlib.sha256(drawing.tobytes()).hexdigest()
    return PictureFile(path=Path(f"{name}.png"), sha256=sha256, width=width, height=height)


def _print(row: int, drawing: Pixels) -> PrintPicture:
    return PrintPicture(record_id=_record_id(row), item=row, load=lambda: drawing)


def _record_id(row: int) -> str:
    return f"D-{row:03d}"


def _item(row: int, drawing: Pixels, related: int | None, show_picture: bool) -> Item:
    relations = (
        () if related is None else (RelationText(kind="State of", target=_record_id(related)),)
    )
    return Item(
        record_id=_record_id(row),
        title=f"Blots no. {row} <& more>",
        makers=None,
        date_text=None,
        classification=None,
        technique=None,
        institution=None,
        inventory_number=None,
        rights=None,
        credit=None,
        source_url=None,
        note=None,
        year_min=None,
        year_max=None,
        relations=relations,
        terms={},
        image_path=f"{row}.png",
        image_sha256=f"{row:064x}",
        width=drawing.shape[1],
        height=drawing.shape[0],
        show_picture=show_picture,
    )
