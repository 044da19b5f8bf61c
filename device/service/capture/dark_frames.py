"""A picture that is black: a cap on the lens, a dead sensor, or a gallery at night. Pure; time is the frames' own.

A camera that gives nothing but black is opened again, twice; after that it is a dark room, and waited for.
"""

from device.errors import CameraLostError
from device.imaging.frames import Frame, Pixels

# A print held on the lens lets light in at its edges; what no pixel rises above, of 255, shows nothing.
BLACK = 12
DARK_S = 3.0
TRIES, RESTED_S = 2, 600.0
_STEP = 16


class DarkFrames:
    """Follows one stand's frames."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._tries = 0

    def hides(self, frame: Frame) -> bool:
        """Whether a frame is not to be shown: it is black, and so were those for which the camera was opened again.

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
                f"{frame.source}: expected a picture, found black alone; see that its lens is free and the light is on"
            )
        return self._tries > 0


def is_black(pixels: Pixels) -> bool:
    """Whether nothing can be seen: uint8 (H, W, 3), RGB; a 256th of its pixels is looked at."""
    return int(pixels[::_STEP, ::_STEP].max()) <= BLACK
