"""Runs the fork server of decoders, with decoders that go wrong as a picture's name says.

Usage: `python bad_decoder.py DESCRIPTOR`, as `IsolatedDecoder` starts it. A picture of another name is decoded.
"""

import os
import re
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from device.imaging.isolation import __main__ as fork_server
from device.imaging.isolation import child

# For `IsolatedDecoder`.
COMMAND = (sys.executable, "-P", __file__)

_decode = child.run
_LONG_S = 300


def _read_job(connection: socket.socket) -> None:
    connection.makefile("rb").readline()


def _answer(connection: socket.socket, answer: bytes) -> None:
    _read_job(connection)
    connection.sendall(answer)


def _drip(connection: socket.socket) -> None:
    _read_job(connection)
    for byte in b'{"height": 100, "width": 100}\n' * 1000:
        connection.sendall(bytes((byte,)))
        time.sleep(0.05)


BAD: dict[str, Callable[[socket.socket], None]] = {
    "ends at once": lambda connection: None,
    "ends after its job": _read_job,
    "ends within its answer": lambda c: _answer(c, b'{"height": 1'),
    "ends before its pixels": lambda c: _answer(c, b'{"height": 100, "width": 100}\n'),
    "ends within its pixels": lambda c: _answer(c, b'{"height": 9, "width": 9}\n' + bytes(242)),
    "answers late": lambda c: time.sleep(_LONG_S),
    "answers ever so slowly": _drip,
    "never ends its line": lambda c: _answer(c, b" " * 10_000_000),
    "answers with noise": lambda c: _answer(c, b"\x80\x04K\x01.\n" * 1000),
    "answers with a number": lambda c: _answer(c, b"7\n"),
    "answers with deep brackets": lambda c: _answer(c, b"[" * 8000 + b"\n"),
    "answers with a size of nothing": lambda c: _answer(c, b'{"height": 0, "width": 100}\n'),
    "answers with a negative size": lambda c: _answer(c, b'{"height": -9, "width": -9}\n'),
    "answers with a large size": lambda c: _answer(c, b'{"height": 1601, "width": 9}\n'),
    "answers with a huge size": lambda c: _answer(c, b'{"height": 1e99, "width": 9}\n'),
}


def run(descriptors: Sequence[int]) -> NoReturn:
    """Do what the picture's name says."""
    connection = socket.socket(fileno=os.dup(descriptors[0]))
    job = connection.recv(4096, socket.MSG_PEEK)
    found = re.search(rb'"name": "([^"]*)"', job)
    does = BAD.get(found[1].decode() if found else "")
    if does is None:
        _decode(descriptors)
    try:
        does(connection)
    finally:
        os._exit(0)


if __name__ == "__main__":
    child.run = run
    fork_server.main()
