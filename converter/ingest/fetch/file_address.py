"""Tell the address of a file that lies next to a table on its server.

A name there means what a link on a web page means.
"""

import re
from pathlib import PureWindowsPath
from urllib.parse import quote, urljoin

from converter.ingest.readers.source import is_address

_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")  # a name that is a part of an address already


def address_next_to(table: str, name: str) -> str | None:
    """Return the address of a file next to a table; `None` for a name that means none.

    These are addresses of their own, paths from a root or out of the folder, and patterns that end in `.*`: only a
    folder can be listed.

    Args:
        table: The table's address, or that of the folder which names are relative to, with a slash at its end.
        name: The file's name, with slashes or backslashes.
    """
    plain = name.replace("\\", "/")
    is_rooted = plain.startswith("/") or PureWindowsPath(name).drive
    if not plain or is_rooted or is_address(name) or plain.endswith(".*"):
        return None
    if ".." in plain.split("/"):
        return None
    return urljoin(table, plain if _ESCAPED.search(plain) else quote(plain))
