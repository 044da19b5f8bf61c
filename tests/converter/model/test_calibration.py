"""The calibration prints are the shipped ones, and were chosen from all over the collection."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.errors import CalibrationError
from converter.model import calibration


def test_the_shipped_prints_are_what_the_model_takes() -> None:
    prints = calibration.prints()

    assert prints.shape == (32, 224, 224, 3)
    assert prints.dtype.name == "uint8"
    assert len({one.tobytes() for one in prints}) == 32


@pytest.fixture
def own_copy(tmp_path: Path) -> Path:
    """The shipped prints in a folder of one's own."""
    folder = tmp_path / "calibration_prints"
    shutil.copytree(Path(calibration.__file__).parent / "calibration_prints", folder)
    return folder


def test_a_copy_of_the_prints_has_the_same_hash(own_copy: Path) -> None:
    shipped = calibration.prints_sha256()
    (own_copy / "MAKING.md").write_text("told anew", "utf-8")

    assert calibration.prints_sha256(own_copy) == shipped, "what is no print does not count"
    assert re.fullmatch(r"[0-9a-f]{64}", shipped)


@pytest.mark.parametrize("change", ["altered", "removed", "renamed"])
def test_another_byte_or_print_or_order_gives_another_hash(own_copy: Path, change: str) -> None:
    before = calibration.prints_sha256(own_copy)
    victim = sorted(own_copy.glob("*.jpg"))[3]
    if change == "altered":
        data = bytearray(victim.read_bytes())
        data[-3] ^= 1
        victim.write_bytes(data)
    elif change == "removed":
        victim.unlink()
    else:
        victim.rename(victim.with_name("zz.jpg"))

    assert calibration.prints_sha256(own_copy) != before


@given(available=st.integers(1, 3000), count=st.integers(1, 200), seed=st.integers(0, 2**31))
def test_positions_rise_and_one_comes_from_each_equal_stretch(
    available: int, count: int, seed: int
) -> None:
    chosen = calibration.choose(available, count=count, seed=seed)

    assert len(chosen) == min(count, available)
    assert chosen == sorted(set(chosen))
    assert chosen[0] >= 0
    assert chosen[-1] < available
    if count < available:
        stretches = {
            next(s for s in range(count) if p < available * (s + 1) // count) for p in chosen
        }
        assert len(stretches) == count


@pytest.mark.parametrize(("available", "count"), [(0, 3), (3, 0)])
def test_nothing_to_choose_from_is_an_error(available: int, count: int) -> None:
    with pytest.raises(CalibrationError, match="expected at least one print"):
        calibration.choose(available, count=count, seed=1)
