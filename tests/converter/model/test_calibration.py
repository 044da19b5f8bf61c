"""The calibration prints are the shipped ones, chosen from all parts of a collection."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import converter
from converter.errors import CalibrationError
from converter.model import calibration


def test_the_shipped_prints_have_the_shape_of_the_model_input() -> None:
    prints = calibration.prints()

    assert prints.shape == (32, 224, 224, 3)
    assert prints.dtype.name == "uint8"
    assert len({one.tobytes() for one in prints}) == 32


@pytest.fixture
def prints_copy(tmp_path: Path) -> Path:
    """A copy of the shipped prints that the test may change."""
    folder = tmp_path / "calibration_prints"
    shutil.copytree(Path(converter.__file__).parent / "calibration_prints", folder)
    return folder


def test_a_copy_of_the_prints_has_the_same_hash(prints_copy: Path) -> None:
    shipped = calibration.prints_sha256()
    (prints_copy / "MAKING.md").write_text("rewritten", "utf-8")

    assert calibration.prints_sha256(prints_copy) == shipped, "only the prints count"
    assert re.fullmatch(r"[0-9a-f]{64}", shipped)


@pytest.mark.parametrize("change", ["altered", "removed", "renamed"])
def test_a_changed_removed_or_renamed_print_changes_the_hash(
    prints_copy: Path, change: str
) -> None:
    before = calibration.prints_sha256(prints_copy)
    print_file = sorted(prints_copy.glob("*.jpg"))[3]
    if change == "altered":
        data = bytearray(print_file.read_bytes())
        data[-3] ^= 1
        print_file.write_bytes(data)
    elif change == "removed":
        print_file.unlink()
    else:
        print_file.rename(print_file.with_name("zz.jpg"))

    assert calibration.prints_sha256(prints_copy) != before


@pytest.mark.slow
@given(available=st.integers(1, 3000), count=st.integers(1, 200), seed=st.integers(0, 2**31))
def test_positions_rise_with_one_from_each_equal_stretch(
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
def test_choosing_from_or_of_nothing_is_an_error(available: int, count: int) -> None:
    with pytest.raises(CalibrationError, match="expected at least one print"):
        calibration.choose(available, count=count, seed=1)
