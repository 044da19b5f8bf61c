"""Fork server of decoders: holds Pillow ready, and forks a process for each picture.

Started by `IsolatedDecoder`. Never sees a picture itself, so what it forks knows nothing of earlier ones. Ends with the kiosk.
"""

import gc
import io
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

from PIL import Image, ImageCms

from device.imaging import decoding, picture_formats
from device.imaging.isolation import child, sandbox

# A socket for the job, and perhaps the file to decode.
_MOST_DESCRIPTORS = 2


def main() -> NoReturn:
    """Fork a decoder for each message, until the kiosk closes its end."""
    # Ctrl-C and systemd's stop reach the whole group; the kiosk ends its decoders itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    warm_up()
    control = socket.socket(fileno=int(sys.argv[1]))
    running: dict[int, int] = {}  # process ids, by descriptors of processes
    while True:
        ready, _, _ = select.select([control.fileno(), *running], [], [])
        for descriptor in ready:
            if descriptor in running:
                os.waitpid(running.pop(descriptor), 0)
                os.close(descriptor)
            else:
                _fork(control, running)


def warm_up() -> None:
    """Load and run all that a decoder needs, since it can open no file later."""
    picture_formats.available(picture_formats.COLLECTION_FORMATS)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in picture_formats.UPLOAD_FORMATS:
        file = io.BytesIO()
        Image.new("RGBA" if kind != "JPEG" else "RGB", (8, 8)).save(file, kind, icc_profile=profile)
        decoding.decode(file.getvalue(), name="warm-up", side=4)
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that it touches


def _fork(control: socket.socket, running: dict[int, int]) -> None:
    message, descriptors, _, _ = socket.recv_fds(control, 1, _MOST_DESCRIPTORS)
    if not message:
        os._exit(0)  # the kiosk has ended; the kernel ends the decoders with this process
    process = os.fork()
    if process == 0:
        sandbox.end_with_parent()
        control.close()
        for descriptor in running:
            os.close(descriptor)
        child.run(descriptors)
    running[handle := os.pidfd_open(process)] = process
    for descriptor in descriptors:
        os.close(descriptor)
    with suppress(OSError):  # the next read tells that the kiosk has ended
        socket.send_fds(control, [b"1"], [handle])


if __name__ == "__main__":
    main()
