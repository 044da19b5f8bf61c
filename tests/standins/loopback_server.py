"""A web server on this machine alone, on which the tests' servers with faults stand."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar


class LoopbackServer(http.server.ThreadingHTTPServer):
    """A server on a free port of 127.0.0.1.

    Attributes:
        released: Set to let stalled responses end.
    """

    daemon_threads = True

    def __init__(self, handler: type[http.server.BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.released = threading.Event()

    @property
    def address(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing about clients that hang up, as they should."""


S = TypeVar("S", bound=LoopbackServer)


@contextmanager
def served(server: S) -> Iterator[S]:
    """Run a server in a thread, and end it."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
