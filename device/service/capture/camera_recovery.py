"""What is done about a camera that fails and fails: the rungs above its own process. Knows no thread.

Its pipeline is opened again and its process replaced without anybody being asked (`device.cameras`). Where that doesn't help
the service ends, to be started anew: once an hour. Where that hasn't helped either it ends with `REBOOT`, by which the
machine is started anew where the museum wants it so (docs/operators.md): once a day. A camera that isn't there is nobody's
to mend but a person's: nothing is done about it but to look again.
"""

import json
import logging
import time
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

from device.errors import CameraAbsentError, KioskError

_log = logging.getLogger(__name__)

# So long, and so often, a camera fails before the service is given up for it.
FAILING_S, FAILURES = 120.0, 4
SERVICE_S, MACHINE_S = 3600.0, 86_400.0
_MEMORY = "camera-ladder.json"


class RecoveryStep(IntEnum):
    """How the service ends, as its exit status."""

    SERVICE = 75
    REBOOT = 76


class CameraRecovery:
    """Where one kiosk stands."""

    def __init__(
        self,
        run: Path,
        state: Path,
        climb: Callable[["RecoveryStep"], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Begin at the bottom.

        Args:
            run: A folder that is kept until the machine is started anew.
            state: A folder that is kept beyond that.
            climb: Called when a rung is taken, in the stand's thread: ends the service with that status.
            clock: Monotonic seconds, since the machine was started.
            now: Seconds since 1970; may be wrong.
        """
        self._run, self._state = run / _MEMORY, state / _MEMORY
        self._climb = climb
        self._clock, self._now = clock, now
        self._failing_s: float | None = None
        self._failures = 0

    def saw(self) -> None:
        """Take notice of a picture: all is forgotten."""
        self._failing_s, self._failures = None, 0

    def failed(self, error: KioskError) -> None:
        """Take notice of a failure, and take the next rung when it is time to."""
        if isinstance(error, CameraAbsentError):
            self.saw()
            return
        now_s = self._clock()
        self._failures += 1
        if self._failing_s is None:
            self._failing_s = now_s
        if now_s - self._failing_s < FAILING_S or self._failures < FAILURES:
            return
        ended_s, started_s = _read(self._run), _read(self._state)
        if ended_s is None or (
            now_s - ended_s >= SERVICE_S and not self._may_reboot(now_s, started_s)
        ):
            self._take(RecoveryStep.SERVICE, self._run, now_s)
        elif self._may_reboot(now_s, started_s):
            self._take(RecoveryStep.REBOOT, self._state, self._now())

    def _may_reboot(self, now_s: float, started_s: float | None) -> bool:
        """Whether the last time is a day ago; by the hour since the start, too, as clocks jump."""
        is_due = started_s is None or not 0 <= self._now() - started_s < MACHINE_S
        return is_due and now_s >= SERVICE_S

    def _take(self, rung: RecoveryStep, memory: Path, now_s: float) -> None:
        """Take a rung, and write that down first: what can't be remembered would be done for ever."""
        scratch = memory.with_suffix(".new")
        self.saw()
        try:
            scratch.write_text(json.dumps(now_s), "ascii")
            scratch.replace(memory)
        except OSError as error:
            _log.warning("%s: can't be written (%s); nothing more is done", memory, error)
            return
        _log.error("the camera has failed for %.0f s: next rung, %s", FAILING_S, rung.name.lower())
        self._climb(rung)


def _read(memory: Path) -> float | None:
    try:
        return float(json.loads(memory.read_text("ascii")))
    except (OSError, ValueError, TypeError):
        return None
