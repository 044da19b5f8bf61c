"""What the kiosk reports of itself: whether visitors can be answered, and how its camera is."""

from dataclasses import dataclass, field

from device.bundle.manifest import Manifest
from device.service.capture.camera_health import CameraHealth
from device.service.health.latency import LatencyHistogram
from device.service.state import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What systemd, a monitor or a member of staff wants to know.

    Attributes:
        boot_id: Another one after every start of the service.
        well: Whether visitors can be answered, by camera or by upload.
        camera: How the stand's camera is.
        answers: How many were given since the service was started.
        answer_times: How long they took.
    """

    boot_id: str
    well: bool
    phase: Phase
    note: str
    manifest: Manifest | None
    camera: CameraHealth
    answers: int
    answer_times: LatencyHistogram = field(default_factory=LatencyHistogram)
    uptime_s: float

    @property
    def camera_ready(self) -> bool:
        """Whether the camera gives frames."""
        return self.camera.is_ready

    @property
    def camera_losses(self) -> int:
        """How often the camera was lost or couldn't be opened."""
        return self.camera.losses
