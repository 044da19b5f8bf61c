"""Writes the process, number and name of each thread to a file.

Python imports this module in a service whose PYTHONPATH names its folder.
"""

import os
import sys
import threading
from pathlib import Path


def _write(*_: object) -> None:
    sys.setprofile(None)
    with Path(os.environ["RUNTIME_DIRECTORY"], "threads").open("a") as file:
        file.write(f"{os.getpid()} {threading.get_native_id()} {threading.current_thread().name}\n")


if "RUNTIME_DIRECTORY" in os.environ:
    threading.setprofile(_write)
