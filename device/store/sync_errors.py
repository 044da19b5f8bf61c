"""Whatever ends a sync, turned into one numbered line."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device.errors import (
    BundleError,
    DiskError,
    NoRoomError,
    RefusedError,
    StoreBusyError,
    StoreError,
    SyncBusyError,
    SyncError,
)


@contextmanager
def in_our_words(store: Path) -> Iterator[None]:
    """Let nothing but a `SyncError` leave a `with` block.

    Args:
        store: The folder of installed bundles, which the line names.
    """
    try:
        yield
    except SyncError:
        raise
    except StoreBusyError as error:
        raise SyncBusyError(
            f"{store}: an update is being fetched, or bundles are being switched; wait until that is done"
        ) from error
    except OSError as error:
        cause = error.__cause__ if isinstance(error, StoreError) else error
        number = cause.errno if isinstance(cause, OSError) else None
        if number in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomError(f"{store}: the disk is full; make room, then sync again") from error
        reason = error if isinstance(error, StoreError) else error.strerror or error
        raise DiskError(
            f"{store}: this kiosk's disk fails ({reason}); see who may write there, or replace it"
        ) from error
    except BundleError as error:
        raise RefusedError(str(error)) from error
