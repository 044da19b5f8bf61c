"""A bundle's manifest is described in lines of text."""

from pathlib import Path

from converter.build import inspect
from device.bundle.reader import read_manifest

DEMO = Path(__file__).parents[3] / "demo" / "bundle"


def test_the_description_has_a_line_for_each_part_of_the_manifest() -> None:
    manifest = read_manifest(DEMO)

    lines = inspect.describe(manifest).splitlines()

    assert [line.split()[0] for line in lines] == [
        "name",
        "bundle",
        "prints",
        "size",
        "model",
        "index",
        "thresholds",
        "parity",
    ]
    assert manifest.bundle_id in lines[1]
    assert lines[2].split()[1] == str(manifest.items)
