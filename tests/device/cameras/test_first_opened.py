"""Cameras are tried in turn, and the reasons of those that fail are kept."""

import pytest

from device.cameras.first_opened import combined, first_opened
from device.errors import CameraAbsentError, CameraBusyError, CameraMissingError


def opener(outcome):
    """Return an opener that raises an error or returns a value."""

    def open_it():
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return open_it


def test_the_first_that_works_is_returned_with_the_errors_before_it() -> None:
    absent, busy = CameraAbsentError("a"), CameraBusyError("b")
    opened, errors = first_opened([opener(absent), opener(busy), opener("camera"), opener(busy)])

    assert (opened, errors) == ("camera", (absent, busy))


def test_none_after_a_given_kind_of_error_is_tried() -> None:
    with pytest.raises(CameraBusyError):
        first_opened([opener(CameraBusyError("b")), opener("replay")], stop_at=CameraBusyError)


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ([CameraAbsentError("a"), CameraAbsentError("b")], CameraAbsentError),
        ([CameraAbsentError("a"), CameraMissingError("b")], CameraMissingError),
        ([CameraAbsentError("a"), CameraBusyError("b")], CameraBusyError),
        ([CameraMissingError("a"), CameraBusyError("b")], CameraBusyError),
    ],
)
def test_errors_combine_to_what_can_be_done(errors, kind) -> None:
    error = combined(errors)

    assert type(error) is kind
    assert str(error) == "camera: none can be opened: a | b"
    assert combined(errors[:1]) is errors[0]
