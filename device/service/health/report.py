"""What the kiosk reports of itself: whether visitors can be answered, and how its camera is."""

from dataclasses import dataclass, field

from device.bundle.manifest import Manifest
from device.service.health.latency import LatencyHistogram
from device.service.state import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraHealth:
    """How the stand's camera is.

    Attributes:
        name: Such as `pi:0`; empty before there was any.
        is_ready: Whether it gives frames.
        note: One line on what keeps it from that; empty when nothing does.
        frame_age_s: Of the newest frame; `None` without one.
        frames: How many it gave since the service was started.
        losses: How often it was lost or couldn't be opened.
        reopened: How often its own process opened it again, mostly before anybody noticed.
        restarted: How often that process was replaced.
    """

    name: str
    is_ready: bool
    note: str
    frame_age_s: float | None
    frames: int
    losses: int
    reopened: int
    restarted: int


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
