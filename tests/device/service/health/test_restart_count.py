"""Service starts are counted until the machine is rebooted."""

from pathlib import Path

import pytest

from device.service.health import restart_count


def test_each_start_is_counted(tmp_path: Path) -> None:
    assert [restart_count.count(tmp_path) for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "x", "1.5"])
def test_an_invalid_count_starts_again_at_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "starts").write_text(text)

    assert restart_count.count(tmp_path) == 1


def test_without_a_writable_folder_the_count_is_unknown(tmp_path: Path) -> None:
    assert restart_count.count(tmp_path / "none") is None
