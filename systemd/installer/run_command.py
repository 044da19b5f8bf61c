"""Run other programs; the error of a failed one has its last lines of output."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from installer.errors import InstallError

_LAST_LINES = 12


def run(*words: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run a program to its end and return its standard output.

    Args:
        words: The program and its arguments.
        env: Variables added to this process's own environment.
        cwd: The program's working folder; `None` for this process's own.

    Raises:
        InstallError: When the program can't be started or fails; with its last lines of output.
    """
    command = [str(word) for word in words]
    done = _completed(command, env, cwd)
    if done.returncode:
        last_lines = (done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:]
        output = "\n".join(f"    {line}" for line in last_lines)
        raise InstallError(f"{shlex.join(command)}: exit code {done.returncode}\n{output}".rstrip())
    return done.stdout


def succeeds(*words: str | Path) -> bool:
    """Return whether a program can be started and ends with exit code 0."""
    try:
        return _completed([str(word) for word in words], None, None).returncode == 0
    except InstallError:
        return False


def _completed(
    command: Sequence[str], env: Mapping[str, str] | None, cwd: Path | None
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        raise InstallError(f"{command[0]}: can't be started ({error.strerror})") from error
