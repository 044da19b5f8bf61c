"""Run `printkiosk-device` in this process."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from device import cli


class Run:
    """Exit code and output of a command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The parsed JSON lines of its output."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that runs a command in this process."""
    for name in os.environ:
        if name.startswith("PRINTKIOSK_"):
            monkeypatch.delenv(name)

    def runner(*arguments: object) -> Run:
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Run(code, out, err)

    return runner


@pytest.fixture
def config(tmp_path: Path, small_bundle: Path) -> Path:
    """A configuration file with a store of two bundles and the replay camera."""
    for name in ("one", "two"):
        shutil.copytree(small_bundle, tmp_path / "store/releases" / name, copy_function=os.link)
    path = tmp_path / "kiosk.toml"
    path.write_text(f'store = "{tmp_path}/store"\n[camera]\nkind = "replay"\n')
    return path
