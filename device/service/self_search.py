"""The bundle asked for a print of its own, which it must find: how a bundle on trial proves itself."""

import logging

from device.errors import BusyError, KioskError
from device.service.answers import AnswerQueue, Priority, Question
from device.service.exhibition import Exhibition

_log = logging.getLogger(__name__)


def finds_itself(shown: Exhibition, queue: AnswerQueue) -> bool:
    """Ask for a print of the bundle's own, when it is its turn; whether it was found.

    Raises:
        BusyError: When too many are waiting.
    """
    try:
        probe = shown.probe()
        if probe is None:
            return True
        record_id, frame = probe
        asked = queue.ask(Question(frame=frame, count=1), priority=Priority.GUEST)
        matches = asked.result().matches
    except BusyError:
        raise
    except KioskError as error:
        _log.warning("self-search: %s", error)
        return False
    return [match.record.record_id for match in matches] == [record_id]
