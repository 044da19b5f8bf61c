"""The camera's own process: opens the camera, puts its pictures into the ring, and can be killed without harm.

Begun by `SupervisedCamera`; ends when nobody listens any more. A camera that fails is closed and opened again here, as
often as that may help; then the process ends, and a new one is begun.
"""

import logging
import os
import pickle
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

from device.cameras import ipc_messages
from device.cameras.shared_frames import SharedFrames
from device.cameras.source import CameraSource
from device.config import CameraConfig
from device.errors import CameraError, CameraLostError
from device.imaging.frames import Frame

_log = logging.getLogger(__name__)

# A frame that takes three times as long as it should, and no less than this, is not coming.
STALLED_S, STALLED_FRAMES = 1.5, 3
# So often a camera is opened again without good pictures for so long in between.
MOST_REOPENED, GOOD_S = 2, 10.0


class Serving:
    """One camera, served to one listener."""

    def __init__(
        self, camera: CameraSource, fps: float, say: Callable[[ipc_messages.Message], None]
    ) -> None:
        """Begin.

        Args:
            camera: What is served; it may be open already.
            fps: Frames a second it was asked for.
            say: Tells the listener.
        """
        self._camera = camera
        self._stalled_s = max(STALLED_S, STALLED_FRAMES / fps)
        self._say = say
        self._reopened = 0

    def serve(self, ring: SharedFrames) -> None:
        """Put the camera's pictures into the ring until it fails too often.

        Raises:
            CameraError: Saying how.
        """
        while True:
            with self._camera:
                self._say(ipc_messages.Opened(name=self._camera.name))
                why = self._until_it_fails(ring)
            if self._reopened >= MOST_REOPENED:
                raise why
            self._reopened += 1
            self._say(ipc_messages.Reopening(why=str(why)))

    def _until_it_fails(self, ring: SharedFrames) -> CameraLostError:
        opened_s, shape = time.monotonic(), None
        while True:
            try:
                frame = self._camera.read(self._stalled_s)
                shape = _as_before(frame, shape)
                self._say(ring.write(frame.pixels, frame.captured_at_s))
            except CameraLostError as error:
                return error
            if time.monotonic() - opened_s > GOOD_S:
                self._reopened = 0


def _as_before(frame: Frame, shape: tuple[int, ...] | None) -> tuple[int, ...]:
    if shape is not None and frame.pixels.shape != shape:
        raise CameraLostError(
            f"{frame.source}: expected pictures of one size, {shape[1]}x{shape[0]}, "
            f"found one of shape {frame.pixels.shape}; it is opened again"
        )
    return frame.pixels.shape


def main() -> int:
    """Serve the camera that is asked for over the line; give the exit code."""
    talk = socket.socket(fileno=int(sys.argv[1]))
    descriptor = int(sys.argv[2])
    ring = SharedFrames(descriptor)
    os.close(descriptor)
    logging.basicConfig(
        level=int(sys.argv[3]), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # Whoever began this one ends it: a Ctrl-C, or systemd's SIGTERM, is for the kiosk.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    maker, config = pickle.loads(talk.recv(65_536))
    threading.Thread(target=_end_with, args=(talk,), name="listener", daemon=True).start()
    try:
        _serve(maker, config, talk, ring)
    except CameraError as error:
        ipc_messages.send(talk, ipc_messages.Fault.of(error))
    except BrokenPipeError:
        return 0
    return 1


def _serve(
    maker: Callable[[CameraConfig], CameraSource],
    config: CameraConfig,
    talk: socket.socket,
    ring: SharedFrames,
) -> None:
    camera = maker(config)
    Serving(camera, config.fps, lambda message: ipc_messages.send(talk, message)).serve(ring)


def _end_with(talk: socket.socket) -> None:
    """Wait until nobody listens any more, and end then, whatever a driver hangs in."""
    while True:
        try:
            if not talk.recv(1):
                break
        except OSError:
            break
    os._exit(0)


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(code)  # no thread of a vendor's that hangs may keep the camera
