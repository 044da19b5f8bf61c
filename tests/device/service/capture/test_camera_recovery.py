"""What is done about a camera that fails and fails: rarely, never twice for nothing, and nothing where a person is needed."""

from pathlib import Path

import pytest
from fake_time import FakeTime

from device.errors import CameraAbsentError, CameraLostError
from device.service.capture.camera_recovery import (
    FAILING_S,
    FAILURES,
    MACHINE_S,
    SERVICE_S,
    CameraRecovery,
    RecoveryStep,
)

GONE = CameraLostError("test:0: gone")


class Machine:
    """A kiosk's machine: its folders, its clocks, and what was done."""

    def __init__(self, folder: Path) -> None:
        self.run, self.state = folder / "run", folder / "state"
        self.run.mkdir()
        self.state.mkdir()
        self.since_boot, self.of_day = FakeTime(), FakeTime()
        self.of_day.now_s = 1.8e9
        self.taken: list[RecoveryStep] = []

    def ladder(self) -> CameraRecovery:
        """Give what a service that was just started has."""
        return CameraRecovery(
            self.run,
            self.state,
            self.taken.append,
            clock=self.since_boot.clock,
            now=self.of_day.clock,
        )

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.since_boot.sleep(seconds)
        self.of_day.sleep(seconds)

    def fail(self, ladder: CameraRecovery, seconds: float, error: CameraLostError = GONE) -> None:
        """Let a camera fail for so long, every ten seconds."""
        for _ in range(int(seconds // 10)):
            ladder.note_failure(error)
            self.pass_s(10)

    def reboot(self) -> None:
        """Start the machine anew."""
        for path in self.run.iterdir():
            path.unlink()
        self.since_boot.now_s = 20.0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine that has been on for a while."""
    return Machine(tmp_path)


def test_a_camera_that_fails_for_two_minutes_ends_the_service_once_an_hour(machine) -> None:
    machine.fail(machine.ladder(), FAILING_S)
    assert machine.taken == []

    machine.fail(machine.ladder(), FAILING_S + 20)
    assert machine.taken == [RecoveryStep.SERVICE]

    machine.fail(machine.ladder(), SERVICE_S - FAILING_S - machine.since_boot.now_s)
    assert machine.taken == [RecoveryStep.SERVICE]


def test_one_picture_and_it_begins_from_the_bottom(machine) -> None:
    ladder = machine.ladder()
    machine.fail(ladder, FAILING_S - 10)
    ladder.note_success()
    machine.fail(ladder, FAILING_S - 10)

    assert machine.taken == []


def test_a_few_failures_far_apart_are_none_to_act_on(machine) -> None:
    ladder = machine.ladder()
    for _ in range(FAILURES - 1):
        ladder.note_failure(GONE)
        machine.pass_s(FAILING_S)

    assert machine.taken == []


def test_a_camera_that_is_not_there_is_for_a_person_to_mend(machine) -> None:
    machine.fail(machine.ladder(), 10 * MACHINE_S // 100, CameraAbsentError("none"))

    assert machine.taken == []


def test_where_the_service_started_anew_did_not_help_the_machine_is_once_a_day(machine) -> None:
    days = 3
    ladder = machine.ladder()
    until_s = machine.of_day.now_s + days * MACHINE_S
    while machine.of_day.now_s < until_s:
        before = len(machine.taken)
        machine.fail(ladder, 60)
        if len(machine.taken) > before:
            ladder = machine.ladder()
            if machine.taken[-1] is RecoveryStep.REBOOT:
                machine.reboot()

    assert machine.taken[:2] == [RecoveryStep.SERVICE, RecoveryStep.REBOOT]
    assert days <= machine.taken.count(RecoveryStep.REBOOT) <= days + 1
    assert machine.taken.count(RecoveryStep.SERVICE) <= 25 * days


def test_a_clock_that_jumps_starts_the_machine_anew_once_an_hour_at_most(machine) -> None:
    ladder, hours = machine.ladder(), 5
    for _ in range(hours * 60):
        before = len(machine.taken)
        machine.fail(ladder, 60)
        machine.of_day.now_s += 2 * MACHINE_S
        if len(machine.taken) > before and machine.taken[-1] is RecoveryStep.REBOOT:
            machine.reboot()
            ladder = machine.ladder()

    assert 1 <= machine.taken.count(RecoveryStep.REBOOT) <= hours


def test_what_cannot_be_remembered_is_not_done(machine) -> None:
    machine.run.rmdir()
    machine.run.write_text("no folder")

    machine.fail(machine.ladder(), 3 * FAILING_S)

    assert machine.taken == []


def test_a_memory_that_is_damaged_counts_as_none(machine) -> None:
    (machine.run / "camera-ladder.json").write_bytes(b"\0\xff")

    machine.fail(machine.ladder(), FAILING_S + 20)

    assert machine.taken == [RecoveryStep.SERVICE]
