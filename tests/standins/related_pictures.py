"""A bundle of real prints, of which several show one image, wholly or in part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree

import cv2
import drawn_bundle
import numpy as np
from shared_codebook import trained_codebook

from converter.build import bundle_writer, features
from converter.ingest.item import Item
from converter.ingest.picture_files import PictureFile
from converter.ingest.relations import RelationText
from device.bundle import layout
from device.bundle.manifest import Thresholds, identify
from device.bundle.pictures import Size
from device.bundle.reader import read_manifest
from device.imaging import encoding
from device.imaging.frames import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedPicture:
    """One record of the bundle.

    Attributes:
        file: Records with the same text share one picture file.
        relations: Pairs of kind and target.
        more: The record's further pictures, each of a file of its own.
    """

    record_id: str
    pixels: Pixels
    file: str
    title: str = "A print"
    is_shown: bool = True
    relations: tuple[tuple[str, str], ...] = ()
    more: tuple[Pixels, ...] = ()


def write(
    folder: Path, pictures: Sequence[RelatedPicture], template: Item, thresholds: Thresholds
) -> Path:
    """Write a bundle with these pictures, and the fingerprints of drawings.

    Args:
        folder: The new folder of the bundle.
        pictures: Its records.
        template: The record whose other texts all of them have.
        thresholds: Those of a real bundle.
    """
    more = {
        row: [100 + 10 * row + place for place in range(len(picture.more))]
        for row, picture in enumerate(pictures)
    }
    drawn_bundle.write(folder, range(len(pictures)), more=more)
    items = [_item(template, picture) for picture in pictures]
    pixels = {picture.record_id: (picture.pixels, *picture.more) for picture in pictures}

    def encoded(item: Item, position: int, size: Size) -> bytes:
        return encoding.to_webp(pixels[item.record_id][position], side=256, quality=60)

    rmtree(folder / layout.PICTURES)
    (folder / layout.RECORDS).unlink()
    bundle_writer.write_records(items, {"title": "en"}, folder / layout.RECORDS)
    bundle_writer.write_pictures(items, encoded, folder)
    book = trained_codebook()
    rows = [picture.pixels for picture in pictures]
    rows += [further for picture in pictures for further in picture.more]
    features.write([features.make_entry(each, book) for each in rows], book, folder)
    manifest = replace(
        read_manifest(folder), thresholds=thresholds, files=bundle_writer.entries(folder)
    )
    bundle_writer.write_manifest(identify(manifest), folder)
    return folder


def another_scan(picture: Pixels) -> Pixels:
    """Return a smaller, paler picture of the same sheet."""
    height, width = picture.shape[:2]
    size = (width * 4 // 5, height * 4 // 5)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return (small * 0.8 + 40).astype(np.uint8)


def mirrored(picture: Pixels) -> Pixels:
    """Return a picture mirrored left to right."""
    return np.ascontiguousarray(picture[:, ::-1])


def detail(picture: Pixels) -> Pixels:
    """Return the middle half of a picture's width and height."""
    height, width = picture.shape[:2]
    return picture[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4].copy()


def other_state(picture: Pixels, other: Pixels) -> Pixels:
    """Return a picture of which the right half is replaced by another one."""
    changed = picture.copy()
    height, width = picture.shape[:2]
    changed[:, width // 2 :] = cv2.resize(other, (width - width // 2, height))
    return changed


def _item(template: Item, picture: RelatedPicture) -> Item:
    return replace(
        template,
        record_id=picture.record_id,
        title=picture.title,
        inventory_number=f"Inv. {picture.record_id}",
        relations=tuple(RelationText(kind=k, target=t) for k, t in picture.relations),
        image_sha256=_hash_of(picture.file),
        show_picture=picture.is_shown,
        width=picture.pixels.shape[1],
        height=picture.pixels.shape[0],
        more_images=tuple(
            PictureFile(
                path=Path(f"{picture.file}-{place}.png"),
                sha256=_hash_of(f"{picture.file}-{place}"),
                width=further.shape[1],
                height=further.shape[0],
            )
            for place, further in enumerate(picture.more, 1)
        ),
    )


def _hash_of(file: str) -> str:
    return file.encode().hex().ljust(64, "0")
