"""A probe query: a print of the current bundle's own must find itself."""

from pathlib import Path

import pytest

from device.bundle.notices import Notices
from device.recognition.recogniser import Answer
from device.service.collection.current_bundle import CurrentBundle
from device.service.health.probe_query import failure
from device.service.query.query_queue import Query, QueryQueue


def test_an_unexpected_error_is_a_failure_and_is_not_raised(
    small_bundle: Path,
) -> None:
    def recognise(query: Query) -> Answer:
        raise TypeError(f"unexpected error for {query.frame.source}")

    current = CurrentBundle(threads=1)
    queue = QueryQueue(recognise, waiting=1, on_round=lambda: None)
    assert failure(current, queue) == "there is no bundle yet"
    current.change(small_bundle, Notices())

    assert failure(current, queue) == "unexpected error for probe"
    queue.close()
    current.close()


@pytest.mark.slow
def test_a_valid_bundle_finds_its_probe_print(small_bundle: Path) -> None:
    current = CurrentBundle(threads=1)
    current.change(small_bundle, Notices())
    queue = QueryQueue(current.recognise, waiting=1, on_round=lambda: None)

    assert failure(current, queue) == ""
    queue.close()
    current.close()
