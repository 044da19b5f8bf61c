"""Decoder process: take one picture, give up all rights, decode, answer, end."""

import io
import os
import signal
import socket
from collections.abc import Sequence
from typing import BinaryIO, NoReturn

from device.errors import PictureError
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.imaging.isolation import messages, sandbox


def run(descriptors: Sequence[int]) -> NoReturn:
    """Decode the picture of a job, send the answer, and end this process.

    Args:
        descriptors: The job's socket, and for a file its descriptor.
    """
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with socket.socket(fileno=descriptors[0]) as connection:
            connection.settimeout(None)
            _serve(connection, descriptors[1:])
        code = 0
    except BrokenPipeError:
        pass  # the kiosk has given up
    except (OSError, messages.InvalidMessageError) as error:
        os.write(2, f"decoder: {error}\n".encode("utf-8", "replace"))
    finally:
        os._exit(code)


def _serve(connection: socket.socket, files: Sequence[int]) -> None:
    incoming = connection.makefile("rb")
    job = messages.read_job(incoming)
    sandbox.restrict(job.limits)
    try:
        pixels = _decoded(job, incoming, files)
    except PictureError as error:
        connection.sendall(messages.answer_to_line(messages.Refused(reason=str(error))))
        return
    height, width = pixels.shape[:2]
    connection.sendall(messages.answer_to_line(messages.Decoded(height=height, width=width)))
    connection.sendall(pixels.data.cast("B"))


def _decoded(job: messages.Job, incoming: BinaryIO, files: Sequence[int]) -> Pixels:
    if job.size is not None:
        return decoding.decode(incoming.read(job.size), name=job.name, side=job.side)
    with io.FileIO(files[0]) as raw, io.BufferedReader(raw) as file:
        return decoding.load_opened(file, name=job.name, side=job.side)
