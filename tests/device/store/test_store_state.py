"""The store's state survives a round trip, and a damaged one is refused."""

from pathlib import Path

import pytest

from device.errors import BundleDamagedError
from device.store import store_state
from device.store.atomic_files import AtomicFiles
from device.store.store_state import Arrival, RollbackGuard, StoreState


def test_a_state_survives_a_round_trip(tmp_path: Path) -> None:
    assert store_state.read(tmp_path) == StoreState()
    arrival = Arrival(source="a stick", published="2026-11-20", arrived="2026-11-23")
    state = StoreState(
        floor=RollbackGuard(version=4, notices=2, root=3, keys=("a", "b")),
        refused=("3",),
        trial="4",
        starts=1,
    ).with_arrival("4", 5, arrival)
    store_state.write(AtomicFiles(), tmp_path, state)

    assert store_state.read(tmp_path) == state
    assert state.floor.version == 5
    assert state.with_arrivals_of(()).arrivals == {}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_a_damaged_state_is_refused_and_never_counts_as_empty(tmp_path: Path, data: bytes) -> None:
    (tmp_path / store_state.FILE).write_bytes(data)

    with pytest.raises(BundleDamagedError, match="can't be read"):
        store_state.read(tmp_path)
