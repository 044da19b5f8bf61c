"""Camera sources: the rest of the kiosk sees every camera as a `CameraSource`.

Each vendor's library is imported by one module, when that camera is opened. A kiosk without a webcam never loads OpenCV.
"""

from device.cameras.discovery import open_camera
from device.cameras.replay import ReplayPicture
from device.cameras.source import CameraSource

__all__ = ["CameraSource", "ReplayPicture", "open_camera"]
