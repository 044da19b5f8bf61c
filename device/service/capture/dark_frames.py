"""Black frames: a covered lens, a dead sensor, or a gallery at night.

Pure; time is the frames' own. A camera whose frames are all black is opened again twice. After that the room counts as dark, and the kiosk waits.
"""

from device.errors import CameraLostError
from device.imaging.frames import Frame, Pixels

# Brightest pixel of a black frame, of 255. A print held on the lens still lets in light at its edges.
BLACK = 12
DARK_S = 3.0
TRIES, RESTED_S = 2, 600.0
_STEP = 16


class DarkFrames:
    """Counts how long the frames of one camera are black, to open the camera again.

    Not thread-safe: for the camera loop's thread.
    """

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._tries = 0

    def hides(self, frame: Frame) -> bool:
        """Return whether to hide a black frame, since opening the camera again hasn't helped.

        Raises:
            CameraLostError: When it is time to open the camera again.
        """
        if not is_black(frame.pixels):
            self._since_s, self._tries = None, 0
            return False
        now_s = frame.captured_at_s
        if self._since_s is None:
            self._since_s = now_s
        if now_s - self._since_s >= (DARK_S if self._tries < TRIES else RESTED_S):
            self._since_s = None
            self._tries += 1
            raise CameraLostError(
                f"{frame.source}: frames are completely black; check that the lens is uncovered and the light is on"
            )
        return self._tries > 0


def is_black(pixels: Pixels) -> bool:
    """Return whether uint8 (H, W, 3) RGB pixels are black, from one pixel in 256."""
    return int(pixels[::_STEP, ::_STEP].max()) <= BLACK
