"""The record of an installation, which an uninstall reverts."""

from pathlib import Path

import pytest
from installer import install_record
from installer.errors import InstallError


def test_a_record_is_read_as_written_and_empty_without_a_file(tmp_path: Path) -> None:
    path = tmp_path / "opt/installed.json"
    record = install_record.InstallRecord(
        packages=("cage",), files=("/a",), disabled=("x",), default_target="y"
    )

    assert install_record.read(path) == install_record.InstallRecord()
    install_record.write(path, record)
    assert install_record.read(path) == record


def test_an_unreadable_record_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "installed.json"
    path.write_text("{")

    with pytest.raises(InstallError, match="remove it and install again"):
        install_record.read(path)
