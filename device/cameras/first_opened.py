"""Open the first of several cameras that works, and keep the reasons of those that don't."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from device.errors import CameraAbsentError, CameraBusyError, CameraMissingError

_Opened = TypeVar("_Opened")


def first_opened(
    openers: Sequence[Callable[[], _Opened]],
    *,
    stop_at: type[CameraMissingError] | tuple[()] = (),
) -> tuple[_Opened, tuple[CameraMissingError, ...]]:
    """Return the result of the first opener that works, and the errors of those before it.

    Args:
        openers: Each returns an open camera, or raises `CameraMissingError`.
        stop_at: Kind of error after which no other opener is tried; `()` for none.

    Raises:
        CameraMissingError: If none works, with the reason for each.
    """
    errors: list[CameraMissingError] = []
    for opener in openers:
        try:
            return opener(), tuple(errors)
        except stop_at:
            raise
        except CameraMissingError as error:
            errors.append(error)
    raise combined(errors)


def combined(errors: Sequence[CameraMissingError]) -> CameraMissingError:
    """Combine errors into one.

    Returns:
        `CameraBusyError` if one camera only waits for another program, `CameraAbsentError` if no camera can come back by
        itself, else `CameraMissingError`.
    """
    if len(errors) == 1:
        return errors[0]
    message = f"camera: none can be opened: {' | '.join(map(str, errors))}"
    if any(isinstance(error, CameraBusyError) for error in errors):
        return CameraBusyError(message)
    if all(isinstance(error, CameraAbsentError) for error in errors):
        return CameraAbsentError(message)
    return CameraMissingError(message)
