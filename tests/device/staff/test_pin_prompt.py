"""A PIN is typed twice at a terminal and stored where no other user can read it."""

import stat
from pathlib import Path

import pytest

from device.errors import PinError
from device.staff import pin
from device.staff.pin_prompt import prompt_for_pin, store_pin

GOOD = "471902"


@pytest.mark.slow
def test_the_stored_file_does_not_reveal_the_pin_and_only_its_owner_can_read_it(
    tmp_path: Path,
) -> None:
    folder, other = tmp_path / "state/staff", tmp_path / "state/other"
    store_pin(folder, GOOD)
    store_pin(other, GOOD)
    path = folder / pin.FILE

    assert GOOD not in path.read_text()
    assert path.read_text() != (other / pin.FILE).read_text()  # salted
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_terminal_asks_for_the_pin_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter([GOOD, GOOD, GOOD, "820517"])

    assert prompt_for_pin(lambda _: next(typed)) == GOOD
    with pytest.raises(PinError, match="twice"):
        prompt_for_pin(lambda _: next(typed))
