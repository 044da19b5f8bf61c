"""The last steps for a camera that keeps failing: restart the service, then reboot.

`device.cameras` opens the pipeline again and replaces its process. Where that doesn't help, the service ends to be
restarted, at most once an hour. Where that hasn't helped either, it ends with `REBOOT`, at most once a day: the machine
is then rebooted if the museum has chosen that (docs/operators.md). A camera that is absent, or in use by another program,
needs a person: it is only looked for again.
"""

import json
import logging
import time
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

from device.errors import CameraAbsentError, CameraBusyError, KioskError

_log = logging.getLogger(__name__)

# For how long and how often a camera must fail before the service ends.
FAILING_S, FAILURES = 120.0, 4
SERVICE_S, MACHINE_S = 3600.0, 86_400.0
_MEMORY = "camera-ladder.json"


class RecoveryStep(IntEnum):
    """Exit status of the service: restart the service, or reboot the machine."""

    SERVICE = 75
    REBOOT = 76


class CameraRecovery:
    """Counts the camera's failures, and ends the service when the camera keeps failing.

    Not thread-safe: every method is for the camera loop's thread.
    """

    def __init__(
        self,
        run: Path,
        state: Path,
        end_service: Callable[["RecoveryStep"], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Start without a failure.

        Args:
            run: A folder that is kept until the next reboot.
            state: A folder that outlives a reboot.
            end_service: Ends the service with an exit status; called in the camera loop's thread.
            clock: Monotonic seconds since the machine was booted.
            now: Seconds since 1970; may be wrong.
        """
        self._run, self._state = run / _MEMORY, state / _MEMORY
        self._end_service = end_service
        self._clock, self._now = clock, now
        self._failing_s: float | None = None
        self._failures = 0

    def note_success(self) -> None:
        """Forget all failures: the camera gives frames."""
        self._failing_s, self._failures = None, 0

    def note_failure(self, error: KioskError) -> None:
        """Count a failure; end the service if the camera has failed often and for two minutes."""
        if isinstance(error, (CameraAbsentError, CameraBusyError)):
            self.note_success()
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
        """Whether the last reboot is a day ago, and an hour by the clock that can't jump."""
        is_due = started_s is None or not 0 <= self._now() - started_s < MACHINE_S
        return is_due and now_s >= SERVICE_S

    def _take(self, step: RecoveryStep, memory: Path, now_s: float) -> None:
        """Take a step, after writing its time down: without that it would be repeated for ever."""
        scratch = memory.with_suffix(".new")
        self.note_success()
        try:
            scratch.write_text(json.dumps(now_s), "ascii")
            scratch.replace(memory)
        except OSError as error:
            _log.warning(
                "%s: can't be written (%s); the service is not restarted for the camera",
                memory,
                error,
            )
            return
        _log.error("the camera has failed for %.0f s: next step, %s", FAILING_S, step.name.lower())
        self._end_service(step)


def _read(memory: Path) -> float | None:
    try:
        return float(json.loads(memory.read_text("ascii")))
    except (OSError, ValueError, TypeError):
        return None
