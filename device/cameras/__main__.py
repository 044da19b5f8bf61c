"""Camera process: open the camera, and write its frames to shared memory.

Started by `SupervisedCamera`, which can kill it at any time. Exits when the kiosk does. A failing camera is closed and
reopened here up to `MAX_REOPENED` times. Then the process ends, and the kiosk starts a new one.
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
from device.errors import CameraError, CameraLostError
from device.imaging.frames import Frame

_log = logging.getLogger(__name__)

# A frame is overdue after three frame intervals, and after no less than this.
STALLED_S, STALLED_FRAMES = 1.5, 3
# How often a camera is reopened. The count starts again after this time of good frames.
MAX_REOPENED, STABLE_S = 2, 10.0


class CameraServer:
    """Serves one camera to the kiosk's process."""

    def __init__(
        self, camera: CameraSource, fps: float, send: Callable[[ipc_messages.Message], None]
    ) -> None:
        """Prepare to serve a camera, which may be open already.

        Args:
            camera: The camera to serve.
            fps: Requested frames per second.
            send: Sends a message to the kiosk's process.
        """
        self._camera = camera
        self._stalled_s = max(STALLED_S, STALLED_FRAMES / fps)
        self._send = send
        self._reopened = 0

    def serve(self, shared: SharedFrames) -> None:
        """Write the camera's frames to shared memory until it fails too often.

        Args:
            shared: The memory to write to.

        Raises:
            CameraError: The camera's last error.
        """
        while True:
            with self._camera:
                self._send(ipc_messages.Opened(name=self._camera.name, chosen=self._camera.chosen))
                reason = self._serve_until_failure(shared)
            if self._reopened >= MAX_REOPENED:
                raise reason
            self._reopened += 1
            self._send(ipc_messages.Reopening(reason=str(reason)))

    def _serve_until_failure(self, shared: SharedFrames) -> CameraLostError:
        opened_s, shape = time.monotonic(), None
        while True:
            try:
                frame = self._camera.read(self._stalled_s)
                shape = _check_same_size(frame, shape)
                self._send(shared.write(frame.pixels, frame.captured_at_s))
            except CameraLostError as error:
                return error
            if time.monotonic() - opened_s > STABLE_S:
                self._reopened = 0


def _check_same_size(frame: Frame, shape: tuple[int, ...] | None) -> tuple[int, ...]:
    if shape is not None and frame.pixels.shape != shape:
        raise CameraLostError(
            f"{frame.source}: expected pictures of one size, {shape[1]}x{shape[0]}, "
            f"found one of shape {frame.pixels.shape}; the camera is reopened"
        )
    return frame.pixels.shape


def main() -> int:
    """Serve the camera that the kiosk asks for on the socket; return the exit code."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    descriptor = int(sys.argv[2])
    shared = SharedFrames(descriptor)
    os.close(descriptor)
    logging.basicConfig(
        level=int(sys.argv[3]), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # The kiosk ends this process. Ctrl-C and systemd's SIGTERM are meant for the kiosk itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    factory, config, chosen = pickle.loads(connection.recv(65_536))
    threading.Thread(
        target=_exit_when_closed, args=(connection,), name="listener", daemon=True
    ).start()
    try:
        _serve(lambda: factory(config, chosen), config.fps, connection, shared)
    except CameraError as error:
        ipc_messages.send(connection, ipc_messages.Fault.of(error))
    except BrokenPipeError:
        return 0
    return 1


def _serve(
    open_camera: Callable[[], CameraSource],
    fps: float,
    connection: socket.socket,
    shared: SharedFrames,
) -> None:
    server = CameraServer(
        open_camera(), fps, lambda message: ipc_messages.send(connection, message)
    )
    server.serve(shared)


def _exit_when_closed(connection: socket.socket) -> None:
    """Exit at once when the kiosk's end of the socket closes, even if a driver hangs."""
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
    os._exit(code)  # a vendor's hanging thread must not keep the camera open
