"""The limit of waiting requests."""

import pytest

from device.errors import BusyError
from kiosk_ui.concurrency_limits import ConcurrencyLimit


def test_a_request_without_a_free_slot_is_refused() -> None:
    slots = ConcurrencyLimit("searches", 2)
    refused = pytest.raises(BusyError, match="searches: 2 are waiting already")
    with slots.slot(), slots.slot(), refused, slots.slot():
        pytest.fail("a third place was given")


def test_a_slot_is_free_again_after_an_error() -> None:
    slots = ConcurrencyLimit("searches", 1)
    with pytest.raises(ZeroDivisionError), slots.slot():
        raise ZeroDivisionError
    with slots.slot():
        pass
