"""Lets a service whose PYTHONPATH leads here write down which thread the kernel knows by which number."""

import os
import sys
import threading
from pathlib import Path


def _tell(*_: object) -> None:
    sys.setprofile(None)
    with Path(os.environ["RUNTIME_DIRECTORY"], "threads").open("a") as told:
        told.write(f"{os.getpid()} {threading.get_native_id()} {threading.current_thread().name}\n")


if "RUNTIME_DIRECTORY" in os.environ:
    threading.setprofile(_tell)
