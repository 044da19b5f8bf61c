"""Turn any error that ends a sync into a `SyncError`: one numbered line for staff."""

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
def as_sync_errors(store: Path) -> Iterator[None]:
    """Turn the errors of a `with` block into `SyncError`.

    Args:
        store: The store's folder, which the line names.

    Raises:
        SyncError: When the block raises a store, bundle or operating-system error.
    """
    try:
        yield
    except SyncError:
        raise
    except StoreBusyError as error:
        raise SyncBusyError(
            f"{store}: another sync or a switch of bundles is running; try again when it is done"
        ) from error
    except OSError as error:
        cause = error.__cause__ if isinstance(error, StoreError) else error
        number = cause.errno if isinstance(cause, OSError) else None
        if number in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoomError(
                f"{store}: the disk is full; free some space, then sync again"
            ) from error
        reason = error if isinstance(error, StoreError) else error.strerror or error
        raise DiskError(
            f"{store}: this kiosk's disk fails ({reason}); check the permissions, or replace the disk"
        ) from error
    except BundleError as error:
        raise RefusedError(str(error)) from error
