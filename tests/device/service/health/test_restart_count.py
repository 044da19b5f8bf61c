"""Starts are counted as long as the machine runs."""

from pathlib import Path

import pytest

from device.service.health import restart_count


def test_each_start_is_one_more(tmp_path: Path) -> None:
    assert [restart_count.count(tmp_path) for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "x", "1.5"])
def test_nonsense_counts_as_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "starts").write_text(text)

    assert restart_count.count(tmp_path) == 1


def test_where_nothing_can_be_written_nothing_is_known(tmp_path: Path) -> None:
    assert restart_count.count(tmp_path / "none") is None
