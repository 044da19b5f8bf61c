"""The PIN: what is taken for one, how it is kept, and that nothing else opens."""

import json
import stat
from pathlib import Path

import pytest
from failing_disk import FailingFiles
from hypothesis import given
from hypothesis import strategies as some

from device.errors import PinError, PinMissingError, StoreError
from device.staff import pin
from device.staff.pin_prompt import ask_pin, keep_pin

GOOD = "471902"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A staff's folder that isn't there yet."""
    return tmp_path / "state/staff"


def test_the_pin_that_was_set_opens_and_no_other_does(folder: Path) -> None:
    pin.write(folder, GOOD)
    kept = pin.read(folder)

    assert kept.matches(GOOD)
    for other in ("", "471903", "47190", "4719022", GOOD + " ", "٤٧١٩٠٢", "\0" * 6):
        assert not kept.matches(other), other


def test_a_new_pin_takes_the_place_of_the_old_one(folder: Path) -> None:
    pin.write(folder, GOOD)
    pin.write(folder, "820517")

    assert pin.read(folder).matches("820517")
    assert not pin.read(folder).matches(GOOD)


def test_what_is_kept_does_not_tell_the_pin_and_is_the_kiosks_alone(folder: Path) -> None:
    keep_pin(folder, GOOD)
    keep_pin(folder.with_name("other"), GOOD)
    path = folder / pin.FILE

    assert GOOD not in path.read_text()
    assert path.read_text() != (folder.with_name("other") / pin.FILE).read_text()  # salted
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "12345",
        "1234567890123",
        "abcdef",
        "12 456",
        "１２３９５６",
        "111111",
        "121212",
        "123456",
        "987654",
        "567890",
        "-47190",
    ],
)
def test_a_pin_that_is_short_no_number_or_the_first_to_be_tried_is_refused(
    folder: Path, bad: str
) -> None:
    pin.write(folder, GOOD)

    with pytest.raises(PinError, match="PIN: expected"):
        pin.write(folder, bad)
    assert pin.read(folder).matches(GOOD)


def test_where_none_was_set_none_is_given(folder: Path) -> None:
    with pytest.raises(PinMissingError, match="printkiosk-device pin"):
        pin.read(folder)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b'{"salt": "00"}', b"\xff", b"[" * 4000]
    + [
        json.dumps({"salt": "00", "key": "00", "n": n, "r": 8, "p": 1}).encode()
        for n in (0, -1, 2**40, "16", 1.5)
    ],
)
def test_a_file_that_is_no_kept_pin_lets_nobody_in(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / pin.FILE).write_bytes(content)

    with pytest.raises(PinMissingError, match="can't be read"):
        pin.read(folder)


@given(content=some.binary(max_size=60))
def test_no_content_of_that_file_is_a_surprise(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / pin.FILE).write_bytes(content)

    with pytest.raises(PinMissingError):
        pin.read(folder)


def test_a_folder_that_takes_nothing_is_said_in_one_line(folder: Path) -> None:
    with pytest.raises(StoreError, match="can't keep the PIN"):
        pin.write(folder, GOOD, FailingFiles(0, "EROFS"))


def test_it_is_asked_for_twice_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    told = iter([GOOD, GOOD, GOOD, "820517"])

    assert ask_pin(lambda _: next(told)) == GOOD
    with pytest.raises(PinError, match="twice"):
        ask_pin(lambda _: next(told))
