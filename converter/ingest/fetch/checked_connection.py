"""Connect to public web servers alone, whatever a name resolves to.

The address that is checked is the one that is connected to, so a name that resolves differently the second time (DNS rebinding)
doesn't pass.
"""

import contextlib
import ipaddress
import socket
import threading
from functools import partial
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

# Addresses that carry one of IPv4 in their last four bytes (NAT64).
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(Exception):
    """A server's address is private, of this machine, or otherwise not of the public network."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(found.packed[-4:])
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def checked_pools(*, allows_private: bool, timeout_s: float, head_s: float) -> urllib3.PoolManager:
    """Return connection pools that refuse private addresses.

    Args:
        allows_private: Whether to connect to any address instead.
        timeout_s: How long to wait for a connection, and for the server's next bytes.
        head_s: How long a server may take for the head of its answer.
    """
    pools = urllib3.PoolManager(retries=False, timeout=timeout_s, maxsize=8)
    pools.pool_classes_by_scheme = {
        "http": partial(_HttpPool, allows_private=allows_private, head_s=head_s),  # type: ignore[dict-item]
        "https": partial(_HttpsPool, allows_private=allows_private, head_s=head_s),  # type: ignore[dict-item]
    }
    return pools


class _CheckedConnection(HTTPConnection):
    allows_private = False
    head_s = 60.0

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        addresses = [str(sockaddr[0]) for *_, sockaddr in found]
        if not self.allows_private and not all(map(is_public, addresses)):
            raise PrivateAddressError(self.host)
        failure: OSError | None = None
        for address in addresses:
            try:
                return create_connection(
                    (address, self.port), self.timeout, socket_options=self.socket_options
                )
            except OSError as error:
                failure = error
        raise NewConnectionError(self, f"{failure}") from failure

    def getresponse(self) -> Any:
        """Return the answer, or end the connection when its head takes too long."""
        # A timeout of the socket starts again with each byte, so a server that drips headers would hold it for hours.
        is_late = threading.Event()
        timer = threading.Timer(self.head_s, _end, (self.sock, is_late))
        timer.daemon = True
        timer.start()
        try:
            answer = super().getresponse()
        finally:
            timer.cancel()
        if is_late.is_set():  # the connection's end looks like that of the headers
            answer.close()
            raise TimeoutError(f"no answer within {self.head_s:.0f} s")
        return answer


class _CheckedTlsConnection(_CheckedConnection, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _CheckedConnection

    def __init__(self, *args: Any, allows_private: bool, head_s: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._checks = (allows_private, head_s)

    def _new_conn(self) -> Any:
        return _with_checks(super()._new_conn(), *self._checks)


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTlsConnection

    def __init__(self, *args: Any, allows_private: bool, head_s: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self._checks = (allows_private, head_s)

    def _new_conn(self) -> Any:
        return _with_checks(super()._new_conn(), *self._checks)


def _with_checks(connection: Any, allows_private: bool, head_s: float) -> Any:
    connection.allows_private, connection.head_s = allows_private, head_s
    return connection


def _end(connection: socket.socket, is_late: threading.Event) -> None:
    is_late.set()
    with contextlib.suppress(OSError):  # it has ended already
        connection.shutdown(socket.SHUT_RDWR)
