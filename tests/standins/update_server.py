"""A web server that serves a repository, correctly or with one of the usual faults."""

import http.server
from contextlib import AbstractContextManager
from pathlib import Path

from loopback_server import LoopbackServer, served

# What a server may do with the files under `objects/`; "login page", "redirects" and "fails" concern every file.
BEHAVIOURS = (
    "plain",
    "ignores ranges",
    "another range",
    "stalls",
    "cuts",
    "says too little",
    "says too much",
    "endless",
    "redirects",
    "login page",
    "fails",
    "gzip",
)


class UpdateServer(LoopbackServer):
    """Serves one folder with one behaviour at a time, and counts the bytes that it sends.

    Attributes:
        behaviour: One of `BEHAVIOURS`.
        requests: The path and the Range header of each request.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(_Handler)
        self.folder = folder
        self.behaviour = "plain"
        self.sent_bytes = 0
        self.requests: list[tuple[str, str]] = []


class _Handler(http.server.BaseHTTPRequestHandler):
    server: UpdateServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, manner = self.path.lstrip("/"), self.server.behaviour
        asked = self.headers.get("Range", "")
        self.server.requests.append((path, asked))
        file = self.server.folder / path
        is_object = path.startswith("objects/")
        if manner == "login page":
            return self._answer(200, b"<html>Welcome to Museum Guest WiFi</html>")
        if manner == "redirects":
            return self._answer(302, b"", Location="http://127.0.0.1:9/evil")
        if manner == "fails":
            return self._answer(500, b"oops")
        if not file.is_file():
            return self._answer(404, b"")
        data, begin, end = file.read_bytes(), 0, None
        is_part = bool(asked) and is_object and manner != "ignores ranges"
        if is_part:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            begin, end = int(first), int(last) + 1 if last else None
            if begin >= len(data):
                return self._answer(416, b"")
        if is_object:
            return self._object(data, slice(begin, end), is_part, manner)
        return self._answer(200, data)

    def _object(self, data: bytes, asked: slice, is_part: bool, manner: str) -> None:
        part, begin = data[asked], asked.start
        status = 206 if is_part else 200
        span = f"bytes {begin}-{begin + len(part) - 1}/{len(data)}"
        headers = {"Content-Range": span} if is_part else {}
        if manner == "another range" and is_part:
            headers["Content-Range"] = f"bytes 0-{len(data) - 1}/{len(data)}"
        if manner == "gzip":
            headers["Content-Encoding"] = "gzip"
        self._begin(status, headers, manner, part)
        if manner in ("cuts", "stalls"):
            self._send(part[: max(len(part) // 2, 1)])
            if manner == "stalls":
                self.server.released.wait(30)
            self.close_connection = True
        elif manner == "endless":
            for _ in range(400):
                self._send(b"\0" * (1 << 16))
        elif manner == "says too little":
            self._send(part[: len(part) // 2])
        else:
            self._send(part)
            self.close_connection = manner == "says too much"

    def _begin(self, status: int, headers: dict[str, str], manner: str, part: bytes) -> None:
        length = {
            "says too little": len(part) // 2,
            "says too much": len(part) + 1000,
            "endless": 400 << 16,
        }
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length.get(manner, len(part))))
        self.end_headers()

    def _answer(self, status: int, data: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self._send(data)

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.server.sent_bytes += len(data)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def serving(folder: Path) -> AbstractContextManager[UpdateServer]:
    """Return a context in which a server of a folder runs."""
    return served(UpdateServer(folder))
