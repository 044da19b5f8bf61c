"""Messages between the kiosk and a decoder process, one socket for each picture.

The kiosk sends a line with the job, and an upload's bytes. The decoder answers with a line: a refusal, or a size, and
then the pixels. Nothing is executed of what a decoder sends: a picture may have taken it over.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from device.imaging.isolation.sandbox import ProcessLimits

_MOST_LINE_BYTES = 8192
_MOST_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One picture to decode.

    Attributes:
        name: Name of the picture in errors.
        side: Longest side of the result in pixels.
        size: Length of the upload in bytes; `None` for a file, whose descriptor comes with the job.
        limits: Most that its process may use.
    """

    name: str
    side: int
    size: int | None
    limits: ProcessLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """An answer: height and width of the picture in pixels; RGB of 8 bits follows."""

    height: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An answer: the picture was refused; `reason` is one line."""

    reason: str


class InvalidMessageError(Exception):
    """A line that is no message."""


def job_to_line(job: Job) -> bytes:
    """Return a job as a line."""
    return json.dumps(asdict(job)).encode() + b"\n"


def read_job(file: BinaryIO) -> Job:
    """Read a job; raises `InvalidMessageError` for another line, or none."""
    fields = _fields(file.readline(_MOST_LINE_BYTES))
    try:
        return Job(**fields | {"limits": ProcessLimits(**fields["limits"])})
    except (KeyError, TypeError) as error:
        raise InvalidMessageError(str(error)) from error


def answer_to_line(answer: Decoded | Refused) -> bytes:
    """Return an answer as a line."""
    return json.dumps(asdict(answer)).encode() + b"\n"


def answer_of(line: bytes, side: int) -> Decoded | Refused:
    """Return the answer in a line; raises `InvalidMessageError` for one that can't be right.

    Args:
        line: At most one line.
        side: Longest side that was requested, in pixels.
    """
    match _fields(line):
        case {"reason": str(reason)}:
            return Refused(reason=" ".join(reason.split())[:_MOST_REASON])
        case {"height": int(height), "width": int(width)}:
            if 0 < height <= side and 0 < width <= side:
                return Decoded(height=height, width=width)
    raise InvalidMessageError(f"no answer: {line[:40]!r}")


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidMessageError(f"no message: {line[:40]!r}") from error
    if not isinstance(fields, dict):
        raise InvalidMessageError(f"no message: {line[:40]!r}")
    return fields
