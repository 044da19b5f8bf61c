"""Ask a running kiosk over HTTP which print a picture shows. Needs the standard library alone.

python examples/ask_kiosk.py picture.jpg [http://127.0.0.1:8080]
"""

import json
import mimetypes
import sys
import urllib.request
from pathlib import Path
from typing import Any

KIOSK = "http://127.0.0.1:8080"


def ask(picture: Path, kiosk: str = KIOSK) -> dict[str, Any]:
    """Send a JPEG, PNG or WebP to a kiosk, and return its answer."""
    request = urllib.request.Request(
        f"{kiosk}/api/v1/search",
        data=picture.read_bytes(),
        headers={"Content-Type": mimetypes.guess_type(picture.name)[0] or "image/jpeg"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def describe(answer: dict[str, Any]) -> str:
    """Return one line: the verdict, and the best match."""
    if not answer["matches"]:
        return str(answer["verdict"])
    record = answer["matches"][0]["record"]
    return f"{answer['verdict']}: {record['title']} ({record['makers'] or 'unknown maker'})"


if __name__ == "__main__":
    print(describe(ask(Path(sys.argv[1]), *sys.argv[2:3])))
