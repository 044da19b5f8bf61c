"""Runs the kiosk, or a line of Python, where nothing may be written: the kernel ends the process at the first byte.

`python no_writes.py kiosk ...` or `python no_writes.py say "open('x', 'w').write('x')"`. With a limit of nothing on the size of
files any write to one, by Python or by a library in C, is the signal SIGXFSZ, which nobody catches here. Pipes and sockets are
no files. A file that is made and stays empty is seen by Python's own audit.
"""

import os
import resource
import runpy
import signal
import sys
from pathlib import Path

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Told on stderr, which is a pipe.
MARK = "WRITES"


def _watch(event: str, given: tuple[object, ...]) -> None:
    if event == "open" and isinstance(given[2], int) and given[2] & _WRITING:
        path = str(given[0])
        if not path.startswith("/dev/"):
            os.write(2, f"{MARK} {path}\n".encode("utf-8", "replace"))
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "tempfile.mkstemp"):
        os.write(2, f"{MARK} {event} {given[0]!r}\n".encode("utf-8", "replace"))


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    sys.dont_write_bytecode = True
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it otherwise
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.addaudithook(_watch)
    if what == "say":
        exec(arguments[0])
    else:
        sys.argv = ["printkiosk", *arguments]
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module("kiosk_ui", run_name="__main__")
