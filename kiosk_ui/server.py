"""The web server: waitress in this process, bounded in every direction."""

import socket
import threading
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from kiosk_ui.app import LONG_POLLS, MAX_UPLOAD_BYTES, SEARCHES

# Threads for both kinds of long poll, for searches that wait, and two that are always free for the rest.
THREADS = 2 * LONG_POLLS + SEARCHES + 2
# A little more than the application takes, so that its own refusal is read rather than a cut connection.
BODY_BYTES = MAX_UPLOAD_BYTES + (1 << 20)
ROUND_S = 0.5
_PARKED_S = 1.0


class Server:
    """A listening server.

    Attributes:
        port: Where it listens.
    """

    def __init__(self, app: Flask, host: str, port: int) -> None:
        """Begin to listen; nothing is answered before `run`.

        Raises:
            OSError: When the address is taken or not this machine's.
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
            # Larger bodies and answers would go into temporary files: no picture may touch a disk.
            inbuf_overflow=2 * BODY_BYTES,
            outbuf_overflow=2 * BODY_BYTES,
            expose_tracebacks=False,
            ident="",
        )
        self._stopping = threading.Event()

    @property
    def address(self) -> str:
        """The page's address, as this machine's own browser asks for it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def run(self) -> None:
        """Answer until `stop` is called."""
        while not self._stopping.is_set():
            wasyncore.loop(timeout=ROUND_S, use_poll=True, map=self._map, count=1)
        self._server.task_dispatcher.shutdown(timeout=_PARKED_S)
        wasyncore.close_all(self._map)

    def stop(self) -> None:
        """Let `run` come to an end; may be called from a signal handler or another thread."""
        self._stopping.set()
