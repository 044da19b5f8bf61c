"""Linux's video interface (V4L2): webcams, their formats, and the programs that use them.

Takes no pictures. It needs the standard library alone.
"""

from device.cameras.v4l2.devices import VideoDevices
from device.cameras.v4l2.video_nodes import RowLayout, VideoFormat, VideoNode

__all__ = ["RowLayout", "VideoDevices", "VideoFormat", "VideoNode"]
