"""Request and response security: origin checks, headers, and uploads kept off the disk."""

import io
import ipaddress
from typing import IO

from flask import Request, Response, current_app, request
from werkzeug.exceptions import Forbidden

# Key in an application's configuration: it serves phones on the museum's network.
IS_LAN = "PRINTKIOSK_LAN"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# curl and scripts send neither Origin nor Sec-Fetch-Site; they may search, and post nothing else.
OPEN_TO_PROGRAMS = frozenset({"api.search"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class MemoryRequest(Request):
    """A request whose files stay in memory.

    Werkzeug would write files over 500 kB into a temporary file.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


def refuse_foreign_posts() -> None:
    """Refuse a changing request that another site's page may have sent.

    Raises:
        Forbidden: When its Origin or Sec-Fetch-Site is another site's, or it has neither header and
            isn't a search.
    """
    if request.method in SAFE_METHODS or request.routing_exception is not None:
        return  # such a request changes nothing
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        if request.endpoint not in OPEN_TO_PROGRAMS:
            raise Forbidden("only the kiosk's own page may do this")
    elif site not in (None, "same-origin") or origin not in (None, request.host_url.rstrip("/")):
        raise Forbidden("another site's page may not do this")


def require_stand() -> None:
    """Refuse a request that isn't from the kiosk's own screen.

    Raises:
        Forbidden: When the request comes from another machine.
    """
    if not is_stand():
        raise Forbidden("only the screen at the stand may do this")


def is_stand() -> bool:
    """Return whether the request comes from this machine, such as from the stand's screen."""
    if current_app.config.get(IS_LAN):  # every client of the phones' server is a guest
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def add_headers(response: Response) -> Response:
    """Add the security headers that every response has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
