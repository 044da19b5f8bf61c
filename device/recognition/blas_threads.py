"""numpy's linear algebra on one thread.

The products of an answer are small. OpenBLAS gives them to threads all the same, which then wait for more by spinning
some twenty milliseconds, on the cores that finding details and the model need: with two cores an answer took a fifth
longer (docs/decisions.md).
"""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def on_one_thread() -> AbstractContextManager[object]:
    """Hold numpy's linear algebra to one thread, in the whole process, within a `with` block."""
    limit: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limit


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # reads which libraries are loaded: some milliseconds, once
