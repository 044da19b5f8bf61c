"""A museum's exported collection, written for a test: a table and small pictures."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from converter.ingest.collection import Collection

HEADER = ("record_id", "title", "makers", "date", "image")


def write_picture(
    path: Path, number: int, size: tuple[int, int] = (12, 8), orientation: int = 1
) -> None:
    """Write a small picture with bytes unique to its number."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, exif=exif)


def write_table(
    folder: Path,
    rows: Sequence[Sequence[str]],
    header: Sequence[str] = HEADER,
    delimiter: str = ",",
) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


def table_row(number: int, **changed: str) -> list[str]:
    values = {
        "record_id": f"a-{number:02}",
        "title": f"Print {number}",
        "makers": "",
        "date": "",
        "image": f"images/{number:02}.png",
    }
    return list((values | changed).values())


def item_ids(found: Collection) -> list[str]:
    return [item.record_id for item in found.items]


def refusal_reasons(found: Collection) -> dict[str, str]:
    return {refusal.record_id: refusal.reason for refusal in found.refusals}
