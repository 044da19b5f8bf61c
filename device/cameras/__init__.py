"""The hardware seam: whatever stands at the stand, the rest of the kiosk sees a `CameraSource`.

Each vendor's library has its one module and is imported when that camera is opened: a kiosk without a webcam never loads OpenCV.
"""

from device.cameras.discovery import open_camera
from device.cameras.replay import ReplayPicture
from device.cameras.source import CameraSource

__all__ = ["CameraSource", "ReplayPicture", "open_camera"]
