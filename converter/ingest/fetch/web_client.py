"""Get files from the web servers that an export names, without trusting either.

Addresses are http and https alone, each redirect is checked again, and no server of a private network is asked. Servers are
asked politely: a few requests a second each, fewer when they say so, and none at all after several failures in a row.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from converter.errors import FetchError
from converter.ingest.fetch.checked_connection import PrivateAddressError, checked_pools
from converter.ingest.fetch.limits import AnswerBounds, FetchLimits
from device import __version__

_BLOCK_BYTES = 1 << 16
_AGENT = f"printkiosk-convert/{__version__}"
# Worth another try: too many requests, and faults of a server that may pass.
_PASSING = (408, 429, 500, 502, 503, 504)
_REDIRECTS = (301, 302, 303, 307, 308)


class WebClient:
    """Gets files by address; any thread may call it."""

    def __init__(
        self, limits: FetchLimits, *, allows_private: bool, sleep: Callable[[float], None]
    ) -> None:
        """Prepare connections, without connecting yet."""
        self._limits = limits
        self._sleep = sleep
        self._pools = checked_pools(
            allows_private=allows_private, timeout_s=limits.timeout_s, head_s=limits.total_s
        )
        self._lock = threading.Lock()
        self._next_request: dict[str, float] = {}
        self._failures_in_a_row: Counter[str] = Counter()

    def get(self, address: str, into: BinaryIO, bounds: AnswerBounds) -> None:
        """Write the file at an address to an open file.

        Raises:
            FetchError: When it can't be had; the message is the reason of a refusal.
        """
        server = server_of(address)
        wait_s = self._limits.wait_s
        for left in reversed(range(self._limits.tries)):
            if self._failures_in_a_row[server] >= self._limits.failures:
                raise FetchError(
                    f"expected an answer of {server}, found {self._limits.failures} failures in a row; "
                    "check the address and the network, then run this again"
                )
            try:
                self._follow(address, into, bounds)
            except _PassingError as error:
                if not left or error.wait_s > self._limits.longest_wait_s:
                    self._failures_in_a_row[server] += 1
                    raise FetchError(f"{error}; run this again later") from error
                self._sleep(max(wait_s, error.wait_s))
                wait_s *= 2
            else:
                self._failures_in_a_row[server] = 0
                return
        raise FetchError("expected one try or more, found none allowed")

    def _follow(self, address: str, into: BinaryIO, bounds: AnswerBounds) -> None:
        for _ in range(self._limits.redirects + 1):
            self._check(address)
            self._wait_for_turn(server_of(address))
            response = self._request(address)
            try:
                if response.status not in _REDIRECTS:
                    self._check_answer(response, bounds)
                    return self._read(response, address, into, bounds)
                address = _joined(address, response.headers.get("Location", ""))
            finally:
                response.close()
        raise FetchError(
            f"expected a file after at most {self._limits.redirects} redirects, found more; "
            "use the last address"
        )

    def _check(self, address: str) -> None:
        parts = _split(address)
        if (
            not parts
            or parts.scheme not in ("http", "https")
            or not parts.hostname
            or "@" in parts.netloc
        ):
            found = f"another that starts with {address.partition(':')[0][:20]!r}"
            raise FetchError(
                f"expected an http or https address without a user name, found {found}; "
                "use the address of the file itself"
            )

    def _wait_for_turn(self, server: str) -> None:
        with self._lock:
            now = time.monotonic()
            at = max(self._next_request.get(server, now), now)
            self._next_request[server] = at + self._limits.interval_s
        if at > now:
            self._sleep(at - now)

    def _request(self, address: str) -> urllib3.BaseHTTPResponse:
        server = server_of(address)
        try:
            return self._pools.request(
                "GET",
                address,
                headers={"Accept-Encoding": "identity", "User-Agent": _AGENT},
                preload_content=False,
                redirect=False,
                retries=False,
            )
        except PrivateAddressError as error:
            raise FetchError(
                f"expected a public server, found {server} in a private network or on this machine; if it is "
                "the museum's own, add --allow-private"
            ) from error
        except (HTTPError, ValueError, OSError) as error:
            raise _PassingError(_network_reason(server, error)) from error

    def _check_answer(self, response: urllib3.BaseHTTPResponse, bounds: AnswerBounds) -> None:
        if response.status in _PASSING:
            raise _PassingError(
                f"expected a file, found HTTP status {response.status}",
                _seconds(response.headers.get("Retry-After")),
            )
        if response.status != 200:
            raise FetchError(
                f"expected a file, found HTTP status {response.status}; correct the address"
            )
        # A picture may come as image/jpg or as bytes without a type: its header is read later.
        if bounds.is_picture and response.headers.get("Content-Type", "").startswith("text/html"):
            raise FetchError(
                "expected a picture, found a web page; use the address of the picture itself"
            )
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > bounds.most_bytes:
            raise _too_large(bounds.most_bytes)

    def _read(
        self,
        response: urllib3.BaseHTTPResponse,
        address: str,
        into: BinaryIO,
        bounds: AnswerBounds,
    ) -> None:
        until = time.monotonic() + bounds.within_s
        into.seek(0)
        into.truncate()  # what a try that failed has left
        for block in _blocks(response, address):
            into.write(block)
            if into.tell() > bounds.most_bytes:
                raise _too_large(bounds.most_bytes)
            if time.monotonic() > until:
                raise _PassingError(
                    f"expected a file within {bounds.within_s:.0f} s, found one that took longer"
                )
        if not into.tell():
            raise FetchError("expected a file, found an empty answer; check the address")


def _blocks(response: urllib3.BaseHTTPResponse, address: str) -> Iterator[bytes]:
    try:
        # `read1` returns what has arrived, so that a server that drips doesn't outlast the time.
        while block := response.read1(_BLOCK_BYTES, decode_content=True):
            yield block
    except (HTTPError, OSError) as error:
        raise _PassingError(_network_reason(urlsplit(address).netloc, error)) from error


def server_of(address: str) -> str:
    """Return the server of an address, with its port if it names one."""
    parts = _split(address)
    return parts.netloc if parts else address


def _joined(address: str, location: str) -> str:
    return urljoin(address, location) if _split(location) else location


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:  # such as half of an IPv6 address
        return None


class _PassingError(Exception):
    """A failure that another try may not meet; the server may ask to wait."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


def _too_large(most_bytes: int) -> FetchError:
    return FetchError(
        f"expected a file of at most {most_bytes >> 20} MB, found a larger one; name a smaller copy"
    )


def _network_reason(server: str, error: Exception) -> str:
    kind = type(getattr(error, "reason", None) or error).__name__
    found = {
        "NameResolutionError": "no server of this name",
        "ConnectTimeoutError": "no answer in time",
        "ReadTimeoutError": "no more bytes in time",
        "TimeoutError": "no answer in time",
        "NewConnectionError": "no connection",
        "IncompleteRead": "only a part of the file",
        "SSLError": "a certificate that can't be verified",
    }.get(kind, f"a broken connection ({kind})")
    return f"expected an answer of {server}, found {found}"


def _seconds(text: str | None) -> float:
    # A date instead of seconds is rare, and the wait between tries serves for it.
    return float(text) if text and text.isdecimal() else 0.0
