"""Adding a metadata field touches few product files.

A field is added here, and followed from the museum's column to the page.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("device", "converter", "evaluation", "kiosk_ui")
MOST_FILES = 7

# What a developer would write to add the size of the paper, in words. The field's name in museums' exports is one file
# more than it needs: without it, the museum's own `collection.toml` has to name the column.
EDITS = {
    "device/bundle/metadata_fields.py": (
        "    note: str | None = field",
        "    dimensions: str | None = field(metadata=_AMENDABLE | _FACT)\n",
    ),
    "device/bundle/schema.sql": (
        "    show_picture INTEGER",
        "    dimensions TEXT,                   -- in the museum's words\n",
    ),
    "converter/ingest/mapping/column_names.py": (
        '    "note": (',
        '    "dimensions": ("masse", "size"),\n',
    ),
    "kiosk_ui/openapi.json": (
        '     "note": {\n      "type": [\n       "string"',
        '     "dimensions": {"type": ["string", "null"]},\n',
    ),
}

# Run with the changed packages: a row of a museum's table becomes an item, a record, JSON and a label.
FOLLOW = """
import json, sys
from pathlib import Path
from converter.build import bundle_writer
from converter.ingest import item
from converter.ingest.columns import map_columns
from converter.ingest.picture_files import PictureFile
from converter.ingest.settings import Settings
from device.bundle.records import Records
from kiosk_ui.api.views import record_to_json
from kiosk_ui.labels import label

header, row = ["id", "title", "Masse"], ["a", "A print", "12 x 9 cm"]
columns, faults = map_columns(header, {}, needs_image=False)
values = {name: row[position] for name, position in columns.positions.items()}
picture = PictureFile(path=Path("a.jpg"), sha256="0" * 64, width=3, height=4)
path = Path(sys.argv[1])
bundle_writer.write_records([item.make(values, picture, Settings())], {}, path)
record = Records(path).at(0)
print(json.dumps({
    "faults": faults,
    "record": record.dimensions,
    "json": record_to_json(record, "b")["dimensions"],
    "page": [fact.text for fact in label(record, "b", {}, "en").facts],
}))
"""


@pytest.mark.slow
def test_a_new_metadata_field_touches_at_most_seven_product_files(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "fonts", "calibration_prints"),
        )
    for name, (before, line) in EDITS.items():
        path = tmp_path / name
        text = path.read_text("utf-8")
        assert text.count(before) == 1, f"{name}: {before!r}"
        path.write_text(text.replace(before, line + before), "utf-8")

    done = subprocess.run(
        [sys.executable, "-c", FOLLOW, str(tmp_path / "records.sqlite")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "faults": [],
        "record": "12 x 9 cm",
        "json": "12 x 9 cm",
        "page": ["12 x 9 cm"],
    }
    described = json.loads((tmp_path / "kiosk_ui/openapi.json").read_text("utf-8"))
    assert "dimensions" in described["components"]["schemas"]["Record"]["properties"]
    assert len(EDITS) <= MOST_FILES
