"""The kiosk's health: whether visitors can be answered, and the camera's state."""

from dataclasses import dataclass, field

from device.bundle.manifest import Manifest
from device.service.capture.camera_health import CameraHealth
from device.service.health.latency import LatencyHistogram
from device.service.state import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The health of the service, for monitors and staff.

    Attributes:
        boot_id: A random id, new at each start of the service.
        well: Whether visitors can be answered, by camera or by upload.
        camera: State and counters of the stand's camera.
        answers: Number of answers since the service was started.
        answer_times: Histogram of the answers' times in seconds.
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
        """Whether the camera delivers frames."""
        return self.camera.is_ready

    @property
    def camera_losses(self) -> int:
        """How often the camera was lost or couldn't be opened."""
        return self.camera.losses
