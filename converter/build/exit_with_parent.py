"""End a worker process when its parent is killed, as it would wait for work forever."""

import multiprocessing
import os
import threading
from typing import Any


def exit_with_parent() -> None:
    """Watch the parent from a thread of its own. Workers run this as they start."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: Any) -> None:
    parent.join()
    os._exit(1)
