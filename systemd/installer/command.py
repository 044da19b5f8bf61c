"""Running other programs: quietly while they succeed, with their last words when they don't."""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from installer.errors import InstallError

_LAST_LINES = 12


def run(*words: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run a program to its end and give what it printed.

    Args:
        words: The program and its arguments.
        env: Laid over this process's own environment.
        cwd: Where it runs.

    Raises:
        InstallError: When it can't be started or fails, with the last lines of what it said.
    """
    command = [str(word) for word in words]
    done = _done(command, env, cwd)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:]
        told = "\n".join(f"    {line}" for line in said)
        raise InstallError(f"{shlex.join(command)}: exit code {done.returncode}\n{told}".rstrip())
    return done.stdout


def succeeds(*words: str | Path) -> bool:
    """Whether a program is there and, run for its exit code alone, gives 0."""
    try:
        return _done([str(word) for word in words], None, None).returncode == 0
    except InstallError:
        return False


def _done(
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
