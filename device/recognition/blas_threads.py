"""Limit numpy's BLAS to one thread.

The matrix products of an answer are small. OpenBLAS spreads them over threads all the same. Those threads then spin for
some twenty milliseconds, waiting for more work, on the cores that SIFT and the model need. On two cores, an answer took a
fifth longer (docs/decisions.md, 48).
"""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def single_blas_thread() -> AbstractContextManager[object]:
    """Limit numpy's BLAS to one thread, in the whole process, within a `with` block."""
    limit: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limit


@cache
def _controller() -> ThreadpoolController:
    return (
        ThreadpoolController()
    )  # inspects the loaded libraries, which takes some milliseconds once
