"""The web server: waitress in this process, with limits on threads, connections and sizes."""

import socket
import threading
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from kiosk_ui.app import LONG_POLLS, MAX_UPLOAD_BYTES, SEARCHES

# Threads for both kinds of long poll and for waiting searches, and two that stay free for the rest.
THREADS = 2 * LONG_POLLS + SEARCHES + 2
# Slightly more than the application accepts, so that a client reads its refusal and not a closed
# connection.
BODY_BYTES = MAX_UPLOAD_BYTES + (1 << 20)
LOOP_S = 0.5
_SHUTDOWN_S = 1.0


class Server:
    """A listening server.

    Attributes:
        port: The port it listens on.
    """

    def __init__(self, app: Flask, host: str, port: int) -> None:
        """Start listening; requests wait until `run`.

        Raises:
            OSError: When the address is in use, or isn't this machine's.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=128)
        self._host = host
        self.port = int(listening.getsockname()[1])
        self._map: dict[int, Any] = {}
        self._server = create_server(
            app,
            map=self._map,
            sockets=[listening],
            threads=THREADS,
            channel_timeout=20,
            cleanup_interval=5,
            connection_limit=64,
            max_request_body_size=BODY_BYTES,
            # Beyond these sizes waitress uses temporary files, but no picture may be written to disk.
            inbuf_overflow=2 * BODY_BYTES,
            outbuf_overflow=2 * BODY_BYTES,
            expose_tracebacks=False,
            ident="",
        )
        self._stopping = threading.Event()

    @property
    def address(self) -> str:
        """The start page's address for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def run(self) -> None:
        """Serve until `stop` is called."""
        while not self._stopping.is_set():
            wasyncore.loop(timeout=LOOP_S, use_poll=True, map=self._map, count=1)
        self._server.task_dispatcher.shutdown(timeout=_SHUTDOWN_S)
        wasyncore.close_all(self._map)

    def stop(self) -> None:
        """Let `run` return; may be called from a signal handler or another thread."""
        self._stopping.set()
