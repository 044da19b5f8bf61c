"""The shipped prints of no collection."""

import csv
from pathlib import Path

from device.cameras.table.strangers import stranger_files
from device.imaging import decoding

ROOT = Path(__file__).parents[4]


def test_there_are_a_few_small_readable_pictures_each_with_its_source():
    files = stranger_files()
    sources = (files[0].parent / "SOURCES.md").read_text("utf-8")

    assert 1 <= len(files) <= 4
    assert sum(file.stat().st_size for file in files) <= 300_000
    assert all(min(decoding.load(file).shape[:2]) >= 300 for file in files)
    assert all(file.name in sources for file in files)


def test_none_is_in_the_demo_collection():
    with (ROOT / "demo/collection/metadata.csv").open(encoding="utf-8") as table:
        known = {row["record_id"] for row in csv.DictReader(table)}

    assert known and not known & {file.stem for file in stranger_files()}
