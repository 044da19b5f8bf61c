"""Preferences are stored in one step, and a damaged file is an error, not a guess."""

from pathlib import Path

import pytest
from crash_simulator import CrashSimulator, Disk, RecordingFiles
from hypothesis import given
from hypothesis import strategies as some

from device.bundle.filters import FACETS
from device.errors import PreferenceError
from device.staff import hours, preferences
from device.staff.preferences import Attract, StaffPreferences

CHOSEN = StaffPreferences(
    attract=Attract(facet="technique", value="Holzschnitt, zweifarbig"),
    opening=hours.parse({"monday": "10:00-18:00", "sunday": "11:00-24:00"}),
    keeps_unmatched=True,
)


def test_stored_preferences_are_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "staff"
    assert preferences.read(folder) == StaffPreferences()

    preferences.write(folder, CHOSEN)
    again = preferences.read(folder)

    assert again.attract == CHOSEN.attract
    assert again.keeps_unmatched
    assert {day: str(each) for day, each in again.opening.days.items()} == {
        "monday": "10:00-18:00",
        "sunday": "11:00-23:59",
    }


@given(
    attract=some.builds(
        Attract,
        enabled=some.booleans(),
        facet=some.sampled_from(FACETS),
        value=some.text(min_size=1, max_size=50).filter(
            lambda text: text.isprintable() and text.encode("utf-8", "replace").decode() == text
        ),
    ),
    keeps=some.booleans(),
)
def test_any_preferences_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, attract: Attract, keeps: bool
) -> None:
    folder = tmp_path_factory.getbasetemp() / "choices"
    chosen = StaffPreferences(attract=attract, keeps_unmatched=keeps)

    preferences.write(folder, chosen)

    assert preferences.read(folder) == chosen


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"attract": 7}', b"[" * 9999]
)
def test_a_damaged_file_is_an_error_that_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / preferences.FILE).write_bytes(content)

    with pytest.raises(PreferenceError, match="set them again"):
        preferences.read(tmp_path)


@pytest.mark.parametrize(
    ("facet", "value"), [("title", "x"), ("technique", ""), ("", "x"), ("maker", "x" * 501)]
)
def test_an_attract_loop_that_can_show_nothing_is_refused(facet: str, value: str) -> None:
    with pytest.raises(PreferenceError):
        Attract(facet=facet, value=value)


def test_a_power_cut_leaves_the_old_preferences_or_the_new_ones(tmp_path: Path) -> None:
    folder = tmp_path / "staff"
    preferences.write(folder, StaffPreferences(keeps_unmatched=True))
    before, files = Disk.read(folder), RecordingFiles()
    preferences.write(folder, CHOSEN, files)

    seen = set()
    for number, state in enumerate(CrashSimulator(before, files.log, folder).states()):
        place = tmp_path / f"state-{number}"
        state.disk.write(place)
        found = preferences.read(place)
        assert found.keeps_unmatched
        seen.add(bool(found.attract.facet))
    assert seen == {False, True}
