"""The staff's health page: every finding has a text in each language, problems are marked."""

from dataclasses import replace
from datetime import date

import pytest

from device.service import CameraHealth, Health, OpeningHours, StaffReport, UpdateReport, statistics
from device.service.state import Phase
from device.staff.hardware_health import HardwareHealth
from device.store.sync_progress import SyncProgress, SyncStep
from kiosk_ui.staff import presenter
from kiosk_ui.staff.presenter import HealthLine, day_forms, findings, opening_of
from kiosk_ui.staff.statistics import use_page
from kiosk_ui.texts import languages, load

WELL = HardwareHealth(
    temperature_c=51.4,
    is_throttled=False,
    is_strained=False,
    had_under_voltage=False,
    free_bytes=20_000_000_000,
    total_bytes=30_000_000_000,
    is_read_only=False,
    disk_errors=0,
    has_clock=True,
)
BAD = HardwareHealth(
    temperature_c=81.0,
    is_throttled=True,
    is_strained=True,
    had_under_voltage=True,
    free_bytes=100,
    total_bytes=30_000_000_000,
    is_read_only=True,
    disk_errors=2,
    has_clock=False,
)
CAMERA = CameraHealth(
    name="pi:0",
    is_ready=True,
    note="",
    frame_age_s=0.1,
    frames=100,
    losses=0,
    reopened=0,
    restarted=0,
)
HEALTH = Health(
    boot_id="x",
    well=False,
    phase=Phase.NO_BUNDLE,
    note="",
    manifest=None,
    camera=CAMERA,
    answers=12,
    uptime_s=3_720.0,
)
UPDATES = UpdateReport(
    last_sync=None,
    bundles=(),
    changes=None,
    refused=(),
    notices=0,
    withdrawn=0,
    amended=0,
    expires="2027-11-01",
    is_expiring=False,
    fault="",
)


def told(
    health: Health = HEALTH,
    machine: HardwareHealth = WELL,
    updates: UpdateReport | None = None,
    keeps: bool = True,
) -> dict[str, HealthLine]:
    """Return the findings by their text keys."""
    report = StaffReport(machine=machine, keeps=keeps)
    return {each.words: each for each in findings(health, report, updates, "1.2.3")}


def test_a_healthy_kiosk_needs_no_action() -> None:
    found = told(updates=UPDATES)

    assert [words for words, each in found.items() if not each.is_good] == ["bundle_none"]
    assert found["since"].values["hours"] == 1
    assert found["since"].values["minutes"] == 2


def test_every_problem_is_reported() -> None:
    failed = SyncProgress(
        step=SyncStep.FAILED,
        source="stick",
        is_stick=True,
        told="2026-11-23T10:00:00",
        line="E3: no",
    )
    found = told(
        replace(HEALTH, camera=replace(CAMERA, is_ready=False, losses=3), note="camera: pulled"),
        BAD,
        replace(UPDATES, last_sync=failed, is_expiring=True, refused=("7",), fault="damaged"),
        keeps=False,
    )

    assert {words for words, each in found.items() if each.is_good} == {"since"}
    assert found["camera_bad"].lines == ("camera: pulled",)
    assert found["update_bad"].lines == ("E3: no",)
    assert set(found) >= {"hot", "slowed", "power_bad", "storage_little", "storage_read_only"}
    assert set(found) >= {"storage_errors", "clock_bad", "keeps_nothing", "expires_soon"}


def test_a_camera_in_use_by_another_program_is_said() -> None:
    busy = replace(CAMERA, is_ready=False, is_busy=True)

    assert not told(replace(HEALTH, camera=busy))["camera_busy"].is_good


def test_unknown_values_have_no_line() -> None:
    silent = HardwareHealth(
        temperature_c=None,
        is_throttled=None,
        is_strained=False,
        had_under_voltage=None,
        free_bytes=None,
        total_bytes=None,
        is_read_only=False,
        disk_errors=None,
        has_clock=True,
    )

    assert set(told(machine=silent)) == {"camera_good", "bundle_none", "since"}


@pytest.mark.parametrize("language", languages())
def test_every_finding_has_a_text_in_every_language(language: str) -> None:
    texts = load(language)
    bad = told(
        replace(HEALTH, camera=replace(CAMERA, is_ready=False, losses=1)),
        BAD,
        replace(UPDATES, is_expiring=True, refused=("7",), withdrawn=1, amended=2, fault="x"),
        keeps=False,
    )
    for found in [*told(updates=UPDATES).values(), *bad.values()]:
        said = texts(f"staff.{found.words}", **found.values)
        assert said
        assert "{" not in said
        assert texts(f"staff.{found.name}")


@pytest.mark.parametrize("language", languages())
def test_every_part_day_verdict_and_column_has_a_text(language: str) -> None:
    keys = load(language).keys()
    names = {*presenter.PARTS, *statistics.COLUMNS, "today", "week", "ever"}
    names |= {form.name for form in day_forms(OpeningHours())}

    assert {f"staff.{name}" for name in names} - keys == set()


def test_a_date_has_the_languages_format() -> None:
    found = told(updates=UPDATES)["expires"]

    assert load("de")("staff.expires", **found.values).endswith("bis 01.11.2027 angenommen.")
    assert presenter.day_of("whenever") == "whenever"


def test_counts_are_summed_by_day_week_and_hour_of_the_day() -> None:
    rows = [
        statistics.HourCounts(hour="2026-11-10 10:00", counts={"visits": 5, "language_it": 1}),
        statistics.HourCounts(hour="2026-11-17 10:00", counts={"visits": 2}),
        statistics.HourCounts(hour="2026-11-23 10:00", counts={"visits": 3, "same_print": 1}),
        statistics.HourCounts(hour="2026-11-23 11:00", counts={"visits": 4}),
    ]

    page = use_page(rows, date(2026, 11, 23))

    assert page.columns == (*statistics.COLUMNS, "language_it")
    assert [(row.name, row.counts[0]) for row in page.sums] == [
        ("today", 7),
        ("week", 9),
        ("ever", 14),
    ]
    assert [(row.name, row.counts[0]) for row in page.days] == [
        (date(2026, 11, 23), 7),
        (date(2026, 11, 17), 2),
        (date(2026, 11, 10), 5),
    ]
    assert page.by_hour == ((10, 10), (11, 4))
    assert use_page([], date(2026, 11, 23)).days == ()


def test_the_forms_week_shows_the_chosen_hours() -> None:
    chosen = {"opens_monday": "10:00", "closes_monday": "18:30"}

    opening = opening_of(chosen)

    monday, tuesday = day_forms(opening)[:2]
    assert (monday.opens, monday.closes) == ("10:00", "18:30")
    assert (tuesday.opens, tuesday.closes) == ("", "")
    assert opening_of({}) == OpeningHours()
