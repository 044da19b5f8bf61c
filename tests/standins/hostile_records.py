"""A bundle whose every text was written by somebody who means harm, or just writes long."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from converter.build.bundle_writer import entries
from device.bundle import layout
from device.bundle.manifest import Manifest

# HTML, an attribute's end, a change of direction, Arabic, a combining accent, and four hundred characters more.
HOSTILE = '<script>alert("x")</script>" onload="alert(1) \u202e العنوان e\u0301 ' + "long " * 80
_FIELDS = "title makers date_text technique institution inventory_number rights credit note"


def rewrite(bundle: Path, change_manifest: Callable[..., Manifest]) -> None:
    """Put such texts into every record of a bundle."""
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
