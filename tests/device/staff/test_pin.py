"""Which PINs are accepted, how they are stored, and that no other PIN matches."""

import json
from pathlib import Path

import pytest
from failing_disk import FailingFiles
from hypothesis import given
from hypothesis import strategies as some

from device.errors import PinError, PinMissingError, StoreError
from device.staff import pin

GOOD = "471902"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A staff folder that does not exist yet."""
    return tmp_path / "state/staff"


@pytest.mark.slow
def test_only_the_pin_that_was_set_matches(folder: Path) -> None:
    pin.write(folder, GOOD)
    stored = pin.read(folder)

    assert stored.matches(GOOD)
    for other in ("", "471903", "47190", "4719022", GOOD + " ", "٤٧١٩٠٢", "\0" * 6):
        assert not stored.matches(other), other


@pytest.mark.slow
def test_a_new_pin_replaces_the_old_one(folder: Path) -> None:
    pin.write(folder, GOOD)
    pin.write(folder, "820517")

    assert pin.read(folder).matches("820517")
    assert not pin.read(folder).matches(GOOD)


@pytest.mark.slow
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
def test_a_pin_of_wrong_length_or_kind_or_easy_to_guess_is_refused(folder: Path, bad: str) -> None:
    pin.write(folder, GOOD)

    with pytest.raises(PinError, match="PIN: expected"):
        pin.write(folder, bad)
    assert pin.read(folder).matches(GOOD)


def test_a_missing_pin_is_an_error_that_names_the_command(folder: Path) -> None:
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
def test_a_damaged_pin_file_counts_as_no_pin(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / pin.FILE).write_bytes(content)

    with pytest.raises(PinMissingError, match="can't be read"):
        pin.read(folder)


@given(content=some.binary(max_size=60))
def test_any_content_that_is_not_a_pin_counts_as_no_pin(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / pin.FILE).write_bytes(content)

    with pytest.raises(PinMissingError):
        pin.read(folder)


def test_a_folder_that_cannot_be_written_is_an_error_of_one_line(folder: Path) -> None:
    with pytest.raises(StoreError, match="can't store the PIN"):
        pin.write(folder, GOOD, FailingFiles(0, "EROFS"))
