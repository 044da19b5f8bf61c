"""Bundles of a few real prints with the real model, written in seconds."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import bundle_manifest
import numpy as np
from shared_codebook import trained_codebook

from converter.build import bundle_writer, features, index
from converter.ingest import collection
from converter.ingest.collection import Item
from device.bundle import layout
from device.bundle.pictures import SIDES, Size
from device.bundle.reader import sha256_of
from device.imaging import decoding, encoding
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import Vectors, normalise

PRINTS = 12


def choose_items(folder: Path) -> tuple[Item, ...]:
    """Return twelve prints from all over a collection; the last one may not be shown."""
    items = collection.read(folder).items
    chosen = [items[row * len(items) // PRINTS] for row in range(PRINTS)]
    return (*chosen[:-1], replace(chosen[-1], show_picture=False))


def several_pictures(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return four records; the first has three pictures, and titles in two languages."""
    first, verso, detail, *others = items
    titles = {"de": "Persische Schwertlilie", "fr": "Iris de Perse"}
    more = (*verso.pictures, *detail.pictures)
    return (replace(first, more_images=more, titles=titles), *others[:3])


def build(folder: Path, model_file: Path, items: Sequence[Item]) -> None:
    """Write a bundle of a few real prints, without parity and with fixed thresholds.

    Args:
        folder: The bundle's folder, which exists.
        model_file: The real quantised model.
        items: The records; their pictures are read.
    """
    shutil.copyfile(model_file, folder / layout.MODEL)
    model_sha256 = sha256_of(folder / layout.MODEL)
    files = [item.pictures[0] for item in items]
    files += [file for item in items for file in item.more_images]
    pictures = {
        (file.path, size): encoding.to_webp(decoding.load(file.path), side=side, quality=80)
        for file in files
        for size, side in SIDES.items()
    }
    screens = [pictures[file.path, "screen"] for file in files]
    vectors = _fingerprints(folder, screens)
    built = index.build(vectors, vectors, folder / layout.INDEX, model_sha256=model_sha256)

    def picture(item: Item, position: int, size: Size) -> bytes:
        return pictures[item.pictures[position].path, size]

    bundle_writer.write_records(items, {"title": "en", "note": "en"}, folder / layout.RECORDS)
    bundle_writer.write_pictures(items, picture, folder)
    bundle_writer.write_arrays(vectors, built.projection, folder)
    book = trained_codebook()
    entries = [
        features.make_entry(decoding.decode(screen, name="screen"), book) for screen in screens
    ]
    features.write(entries, book, folder)
    bundle_manifest.write(
        folder,
        items,
        built.spec,
        bundle_manifest.thresholds(similar=0.75),
        name="Twelve prints",
        languages={"title": "en", "note": "en"},
        probes=tuple(item.record_id for item in items[:3]),
    )


def _fingerprints(folder: Path, pictures: list[bytes]) -> Vectors:
    fingerprint = Fingerprinter(folder / layout.MODEL, "small", threads=2)
    pixels = [decoding.decode(data, name="screen") for data in pictures]
    return normalise(np.stack([fingerprint(preprocess.to_input(p)).vector for p in pixels]))
