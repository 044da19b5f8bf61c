"""Return freed memory to the system.

glibc keeps some 60 MB of a closed model and some 40 MB of an answer in its own lists.
"""

import ctypes


def trim() -> None:
    """Return free memory to the system; does nothing unless the allocator is glibc's."""
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
        release(0)
