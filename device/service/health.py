"""What the kiosk tells of itself: the stand's state with its revision, and how the service is."""

from dataclasses import dataclass

from device.bundle.manifest import Manifest
from device.state import KioskState, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The stand's state, and a revision that rises with every change."""

    revision: int
    state: KioskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What systemd, a monitor or a member of staff wants to know.

    Attributes:
        boot_id: Another one after every start of the service.
        well: Whether visitors can be answered, by camera or by upload.
    """

    boot_id: str
    well: bool
    phase: Phase
    note: str
    manifest: Manifest | None
    camera_ready: bool
    camera_losses: int
    answers: int
    uptime_s: float
