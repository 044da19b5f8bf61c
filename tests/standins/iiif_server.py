"""A web server of exports, manifests and pictures, correct or with a usual fault."""

import http.server
import io
import json
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from loopback_server import LoopbackServer, served
from PIL import Image


class IiifServer(LoopbackServer):
    """Serves JSON documents, a folder's files, and pictures by the IIIF Image API.

    Attributes:
        documents: Path to JSON document.
        folder: Folder whose files are served as well; `None` for none.
        failures: Path to the answers before the good one: a status, and its headers.
        asked: Number of requests for each path.
        size: Width and height of every picture.
    """

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.documents: dict[str, Any] = {}
        self.folder: Path | None = None
        self.failures: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.asked: Counter[str] = Counter()
        self.size = (3000, 2000)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: IiifServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path
        self.server.asked[path] += 1
        if waiting := self.server.failures.get(path):
            status, headers = waiting.pop(0)
            self._answer(b"", "text/plain", status, headers)
        elif path in self.server.documents:
            data = json.dumps(self.server.documents[path]).encode()
            self._answer(data, "application/ld+json")
        elif (file := self._file(path)) is not None:
            self._answer(file.read_bytes(), "application/octet-stream")
        elif path.startswith("/stall"):
            self.server.released.wait(10)
        elif path.startswith("/drip-head"):
            self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        elif path.startswith("/drip"):
            self._drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        elif path == "/page":
            self._answer(b"<html>", "text/html")
        elif path == "/endless":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(bytes(1 << 16))
        elif path.startswith("/loop"):
            self._answer(b"", "text/plain", 302, {"Location": "/loop"})
        elif "/full/" in path:
            self._answer(self._picture(path), "image/jpg")
        else:
            self._answer(b"", "text/plain", 404)

    def _file(self, path: str) -> Path | None:
        folder = self.server.folder
        file = folder / unquote(path).lstrip("/") if folder else None
        return file if file and file.is_file() else None

    def _answer(
        self, data: bytes, kind: str, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _picture(self, path: str) -> bytes:
        width = int(path.split("/full/")[1].split(",")[0])
        height = round(width * self.server.size[1] / self.server.size[0])
        data = io.BytesIO()
        Image.new("RGB", (width, height), "white").save(data, "JPEG")
        return data.getvalue()

    def _drip(self, start: bytes) -> None:
        self.wfile.write(start)
        while not self.server.released.is_set():
            self.wfile.write(b"a")
            time.sleep(0.02)

    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


def running() -> AbstractContextManager[IiifServer]:
    """Return a context in which a server runs."""
    return served(IiifServer())
