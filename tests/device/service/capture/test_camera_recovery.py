"""A camera that keeps failing ends the service rarely, and an absent one never does."""

from pathlib import Path

import pytest
from fake_time import FakeTime

from device.errors import CameraAbsentError, CameraBusyError, CameraLostError
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
    """A kiosk's machine: its folders, its clocks, and the steps taken."""

    def __init__(self, folder: Path) -> None:
        self.run, self.state = folder / "run", folder / "state"
        self.run.mkdir()
        self.state.mkdir()
        self.since_boot, self.of_day = FakeTime(), FakeTime()
        self.of_day.now_s = 1.8e9
        self.taken: list[RecoveryStep] = []

    def recovery(self) -> CameraRecovery:
        """Return the recovery of a service that was just started."""
        return CameraRecovery(
            self.run,
            self.state,
            self.taken.append,
            clock=self.since_boot.clock,
            now=self.of_day.clock,
        )

    def pass_s(self, seconds: float) -> None:
        """Move both clocks."""
        self.since_boot.sleep(seconds)
        self.of_day.sleep(seconds)

    def fail(self, recovery: CameraRecovery, seconds: float, error: CameraLostError = GONE) -> None:
        """Let a camera fail for some time, every ten seconds."""
        for _ in range(int(seconds // 10)):
            recovery.note_failure(error)
            self.pass_s(10)

    def reboot(self) -> None:
        """Reboot the machine."""
        for path in self.run.iterdir():
            path.unlink()
        self.since_boot.now_s = 20.0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine that was booted some time ago."""
    return Machine(tmp_path)


def test_a_camera_that_fails_for_two_minutes_ends_the_service_once_an_hour(machine) -> None:
    machine.fail(machine.recovery(), FAILING_S)
    assert machine.taken == []

    machine.fail(machine.recovery(), FAILING_S + 20)
    assert machine.taken == [RecoveryStep.SERVICE]

    machine.fail(machine.recovery(), SERVICE_S - FAILING_S - machine.since_boot.now_s)
    assert machine.taken == [RecoveryStep.SERVICE]


def test_one_frame_resets_the_recovery(machine) -> None:
    recovery = machine.recovery()
    machine.fail(recovery, FAILING_S - 10)
    recovery.note_success()
    machine.fail(recovery, FAILING_S - 10)

    assert machine.taken == []


def test_a_few_failures_far_apart_have_no_effect(machine) -> None:
    recovery = machine.recovery()
    for _ in range(FAILURES - 1):
        recovery.note_failure(GONE)
        machine.pass_s(FAILING_S)

    assert machine.taken == []


@pytest.mark.parametrize("error", [CameraAbsentError("none"), CameraBusyError("in use")])
def test_a_camera_that_is_absent_or_in_use_never_ends_the_service(machine, error) -> None:
    machine.fail(machine.recovery(), 10 * MACHINE_S // 100, error)

    assert machine.taken == []


@pytest.mark.slow
def test_when_a_restart_did_not_help_the_machine_is_rebooted_once_a_day(machine) -> None:
    days = 3
    recovery = machine.recovery()
    until_s = machine.of_day.now_s + days * MACHINE_S
    while machine.of_day.now_s < until_s:
        before = len(machine.taken)
        machine.fail(recovery, 60)
        if len(machine.taken) > before:
            recovery = machine.recovery()
            if machine.taken[-1] is RecoveryStep.REBOOT:
                machine.reboot()

    assert machine.taken[:2] == [RecoveryStep.SERVICE, RecoveryStep.REBOOT]
    assert days <= machine.taken.count(RecoveryStep.REBOOT) <= days + 1
    assert machine.taken.count(RecoveryStep.SERVICE) <= 25 * days


def test_a_clock_that_jumps_reboots_at_most_once_an_hour(machine) -> None:
    recovery, hours = machine.recovery(), 5
    for _ in range(hours * 60):
        before = len(machine.taken)
        machine.fail(recovery, 60)
        machine.of_day.now_s += 2 * MACHINE_S
        if len(machine.taken) > before and machine.taken[-1] is RecoveryStep.REBOOT:
            machine.reboot()
            recovery = machine.recovery()

    assert 1 <= machine.taken.count(RecoveryStep.REBOOT) <= hours


def test_a_step_that_cannot_be_written_down_is_not_taken(machine) -> None:
    machine.run.rmdir()
    machine.run.write_text("no folder")

    machine.fail(machine.recovery(), 3 * FAILING_S)

    assert machine.taken == []


def test_a_damaged_file_counts_as_no_earlier_step(machine) -> None:
    (machine.run / "camera-ladder.json").write_bytes(b"\0\xff")

    machine.fail(machine.recovery(), FAILING_S + 20)

    assert machine.taken == [RecoveryStep.SERVICE]
