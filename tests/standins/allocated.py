"""What this process has allocated beyond Python's own objects, as glibc counts it."""

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


def bytes_now() -> int:
    """Give the bytes in use, in the heaps and mapped."""
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = _Counts
    counts = ask()
    return int(counts.uordblks + counts.hblkhd)
