"""Other programs, run by the installer."""

import pytest
from installer.errors import InstallError
from installer.run_command import run


def test_a_failed_program_is_reported_with_its_last_lines() -> None:
    with pytest.raises(InstallError, match=r"exit code 3\n    why"):
        run("sh", "-c", "echo why; exit 3")
    with pytest.raises(InstallError, match="can't be started"):
        run("/no/such/program")
