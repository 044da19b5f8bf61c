"""A query for a probe print of the current bundle, which must find itself: one self-test."""

import logging

from device.errors import BusyError, KioskError
from device.service.collection.current_bundle import CurrentBundle
from device.service.query.query_queue import Priority, Query, QueryQueue

_log = logging.getLogger(__name__)


def failure(current: CurrentBundle, queue: QueryQueue) -> str:
    """Query a probe print of the current bundle; return the failure as a line, or "".

    Waits for the answer, so it may be called from any thread but the queue's.

    Raises:
        BusyError: When too many queries are waiting.
    """
    try:
        probe = current.probe()
        if probe is None:
            return ""
        record_id, frame = probe
        future = queue.ask(Query(frame=frame, count=1), priority=Priority.NORMAL)
    except BusyError:
        raise
    except KioskError as error:
        return str(error)
    reason = future.exception()  # of any kind: the self-test goes on
    if reason is not None:
        return str(reason) or type(reason).__name__
    found = [match.record.record_id for match in future.result().matches]
    return "" if found == [record_id] else f"{record_id}: a print of the bundle's own was not found"


def passes(current: CurrentBundle, queue: QueryQueue) -> bool:
    """Query a probe print, log the failure if there is one, and return whether it was found."""
    why = failure(current, queue)
    if why:
        _log.warning("self-test: %s", why)
    return not why
