"""The camera's own process: opens the camera, puts its pictures into the frames, and can be killed without harm.

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
MAX_REOPENED, STABLE_S = 2, 10.0


class CameraServer:
    """One camera, served to one listener."""

    def __init__(
        self, camera: CameraSource, fps: float, send: Callable[[ipc_messages.Message], None]
    ) -> None:
        """Begin.

        Args:
            camera: What is served; it may be open already.
            fps: Frames a second it was asked for.
            send: Tells the listener.
        """
        self._camera = camera
        self._stalled_s = max(STALLED_S, STALLED_FRAMES / fps)
        self._send = send
        self._reopened = 0

    def serve(self, frames: SharedFrames) -> None:
        """Put the camera's pictures into the frames until it fails too often.

        Raises:
            CameraError: Saying how.
        """
        while True:
            with self._camera:
                self._send(ipc_messages.Opened(name=self._camera.name))
                reason = self._serve_until_failure(frames)
            if self._reopened >= MAX_REOPENED:
                raise reason
            self._reopened += 1
            self._send(ipc_messages.Reopening(reason=str(reason)))

    def _serve_until_failure(self, frames: SharedFrames) -> CameraLostError:
        opened_s, shape = time.monotonic(), None
        while True:
            try:
                frame = self._camera.read(self._stalled_s)
                shape = _check_same_size(frame, shape)
                self._send(frames.write(frame.pixels, frame.captured_at_s))
            except CameraLostError as error:
                return error
            if time.monotonic() - opened_s > STABLE_S:
                self._reopened = 0


def _check_same_size(frame: Frame, shape: tuple[int, ...] | None) -> tuple[int, ...]:
    if shape is not None and frame.pixels.shape != shape:
        raise CameraLostError(
            f"{frame.source}: expected pictures of one size, {shape[1]}x{shape[0]}, "
            f"found one of shape {frame.pixels.shape}; it is opened again"
        )
    return frame.pixels.shape


def main() -> int:
    """Serve the camera that is asked for over the line; give the exit code."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    descriptor = int(sys.argv[2])
    frames = SharedFrames(descriptor)
    os.close(descriptor)
    logging.basicConfig(
        level=int(sys.argv[3]), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # Whoever began this one ends it: a Ctrl-C, or systemd's SIGTERM, is for the kiosk.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    factory, config = pickle.loads(connection.recv(65_536))
    threading.Thread(
        target=_exit_when_closed, args=(connection,), name="listener", daemon=True
    ).start()
    try:
        _serve(factory, config, connection, frames)
    except CameraError as error:
        ipc_messages.send(connection, ipc_messages.Fault.of(error))
    except BrokenPipeError:
        return 0
    return 1


def _serve(
    factory: Callable[[CameraConfig], CameraSource],
    config: CameraConfig,
    connection: socket.socket,
    frames: SharedFrames,
) -> None:
    camera = factory(config)
    CameraServer(camera, config.fps, lambda message: ipc_messages.send(connection, message)).serve(
        frames
    )


def _exit_when_closed(connection: socket.socket) -> None:
    """Wait until nobody listens any more, and end then, whatever a driver hangs in."""
    while True:
        try:
            if not connection.recv(1):
                break
        except OSError:
            break
    os._exit(0)


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(code)  # no thread of a vendor's that hangs may keep the camera
