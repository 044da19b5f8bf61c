"""How the camera at the stand is opened, watched and recovered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from device.bundle.reader import OpenedBundle
from device.cameras import CameraSource
from device.config import WatchConfig
from device.service.capture.camera_recovery import CameraRecovery
from device.service.capture.retry_pauses import PAUSES_S


def _unchanging() -> None:
    """Stand in for a snapshot where no camera can be plugged in."""


CameraOpener = Callable[[OpenedBundle | None], CameraSource]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSetup:
    """The functions and times with which a kiosk opens, watches and recovers its camera.

    Attributes:
        opener: Returns an opened camera or raises `CameraError`. It runs in the camera loop's thread, and gets
            the bundle whose pictures a replay may show.
        watch: How the live picture is watched; `None` to switch autocapture off.
        recovery: Ends the service when its camera keeps failing; `None` where no supervisor would restart it.
        pauses_s: Pauses between attempts to open a lost camera.
        snapshot: Returns a value that changes when a camera is plugged in or out; this ends a pause.
    """

    opener: CameraOpener
    watch: WatchConfig | None = None
    recovery: CameraRecovery | None = None
    pauses_s: Sequence[float] = PAUSES_S
    snapshot: Callable[[], object] = _unchanging

    @property
    def is_hands_free(self) -> bool:
        """Whether a print held still is looked up without a press of the button."""
        return self.watch is not None and self.watch.enabled
