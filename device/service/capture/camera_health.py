"""State and counters of the stand's camera, as the camera loop reports them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraHealth:
    """State and counters of the camera at the stand.

    Attributes:
        name: Such as `pi:0`; empty before the first camera was opened.
        is_ready: Whether the camera delivers frames.
        note: One line on the fault that stops it; empty without a fault.
        is_busy: Whether that fault is another program that uses the camera.
        frame_age_s: Age of the newest frame; `None` without one.
        frames: Number of frames since the service was started.
        losses: How often the camera was lost or couldn't be opened.
        reopened: How often the camera's own process opened the camera again, usually unnoticed.
        restarted: How often the camera's process was replaced.
    """

    name: str
    is_ready: bool
    note: str
    frame_age_s: float | None
    frames: int
    losses: int
    reopened: int
    restarted: int
    is_busy: bool = False
