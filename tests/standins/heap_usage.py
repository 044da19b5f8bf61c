"""Memory that this process has allocated outside Python's own objects, as glibc counts it."""

import ctypes


class _Counts(ctypes.Structure):
    """glibc's `struct mallinfo2`."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def bytes_in_use() -> int:
    """Return the bytes in use: those in the heaps and those mapped."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = _Counts
    counts = mallinfo2()
    return int(counts.uordblks + counts.hblkhd)
