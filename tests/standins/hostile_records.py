"""A bundle in which every text is hostile: HTML, right-to-left marks, and very long."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from converter.build.bundle_writer import entries
from device.bundle import layout
from device.bundle.manifest import Manifest

# HTML, the end of an attribute, a change of text direction, Arabic, a combining accent, and 400 more characters.
HOSTILE = '<script>alert("x")</script>" onload="alert(1) \u202e العنوان e\u0301 ' + "long " * 80
_FIELDS = "title makers date_text technique institution inventory_number rights credit note"


def make_hostile(bundle: Path, change_manifest: Callable[..., Manifest]) -> None:
    """Replace the texts of every record of a bundle with hostile ones."""
    path = bundle / layout.RECORDS
    copied = path.with_suffix(".copy")
    copied.write_bytes(path.read_bytes())
    with sqlite3.connect(copied) as connection:
        connection.execute(
            f"UPDATE records SET {', '.join(f'{name} = ?1' for name in _FIELDS.split())}",
            (HOSTILE,),
        )
        connection.execute("UPDATE terms SET value = ?1 || value", (HOSTILE,))
    connection.close()
    copied.replace(path)
    change_manifest(bundle, name=HOSTILE, files=entries(bundle))
