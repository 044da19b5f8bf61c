"""Runs the kiosk, or a line of Python, and ends the process when it writes to a file.

Usage: `python no_writes.py kiosk ...` or `python no_writes.py say "open('x', 'w').write('x')"`. The limit on the size of files
is 0 bytes. Any write to a file, by Python or by a C library, raises the signal SIGXFSZ, which ends the process. Pipes and
sockets are not files. A new file that stays empty is reported by an audit hook of Python.
"""

import os
import resource
import runpy
import signal
import sys
from pathlib import Path

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Printed to stderr, which is a pipe.
MARK = "WRITES"


def _report_writes(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        path = str(arguments[0])
        if not path.startswith("/dev/"):
            os.write(2, f"{MARK} {path}\n".encode("utf-8", "replace"))
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "tempfile.mkstemp"):
        os.write(2, f"{MARK} {event} {arguments[0]!r}\n".encode("utf-8", "replace"))


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    sys.dont_write_bytecode = True
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it otherwise
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.addaudithook(_report_writes)
    if command == "say":
        exec(rest[0])
    else:
        sys.argv = ["printkiosk", *rest]
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module("kiosk_ui", run_name="__main__")
