"""A bundle must load and answer in another process before visitors use it."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from converter.build import bundle_writer
from converter.ingest.item import Item
from device.bundle import layout
from device.bundle.manifest import Manifest, identify
from device.bundle.reader import read_manifest
from device.errors import BundleDamagedError
from device.store import probe as probing
from device.store.probe import find_fault, probe


@pytest.fixture
def bundle(small_bundle: Path, tmp_path: Path) -> Path:
    """A copy of the bundle, to change."""
    return Path(shutil.copytree(small_bundle, tmp_path / "bundle"))


def reseal(bundle: Path) -> None:
    """Rewrite the manifest to match altered files, as a thief of the keys could."""
    manifest = read_manifest(bundle)
    files = bundle_writer.entries(bundle)
    sha256 = next(entry.sha256 for entry in files if entry.path == layout.MODEL)
    sealed = replace(
        manifest,
        files=files,
        model=replace(manifest.model, sha256=sha256),
        index=replace(manifest.index, model_sha256=sha256),
    )
    bundle_writer.write_manifest(identify(sealed), bundle)


@pytest.mark.slow
def test_an_intact_bundle_passes(bundle: Path) -> None:
    probe(bundle)
    core = resource.getrlimit(resource.RLIMIT_CORE)[0]
    assert probing.main([str(bundle)], {resource.RLIMIT_CORE: core}) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [layout.MODEL, layout.INDEX, layout.RECORDS, layout.DETAIL_STARTS, layout.CODEBOOK]
)
def test_a_rehashed_bundle_with_a_file_of_random_bytes_is_refused(bundle: Path, name: str) -> None:
    (bundle / name).write_bytes(os.urandom(4096))
    reseal(bundle)

    with pytest.raises(BundleDamagedError, match="doesn't work on this kiosk") as caught:
        probe(bundle)
    assert "\n" not in str(caught.value)


def test_a_damaged_bundle_is_refused(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle / layout.INDEX).write_bytes(b"x")

    assert "index.ann is 1 bytes" in find_fault(bundle)
    assert probing.main([str(bundle)], {}) == 1
    assert "index.ann is 1 bytes" in capsys.readouterr().err


@pytest.mark.slow
def test_a_bundle_whose_prints_do_not_find_themselves_is_refused(
    bundle: Path, small_items: tuple[Item, ...]
) -> None:
    shard = bundle / layout.picture_shard(0)
    with zipfile.ZipFile(shard) as old:
        pictures = {name: old.read(name) for name in old.namelist()}
    names = [f"screen/{item.record_id}.webp" for item in small_items[:2]]
    pictures[names[0]], pictures[names[1]] = pictures[names[1]], pictures[names[0]]
    with zipfile.ZipFile(shard, "w") as new:
        for name, data in pictures.items():
            new.writestr(name, data)
    reseal(bundle)

    assert "doesn't find itself" in find_fault(bundle)


def test_a_records_file_that_fails_sqlites_integrity_check_is_refused(bundle: Path) -> None:
    connection = sqlite3.connect(bundle / layout.RECORDS)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_schema SET sql = replace(sql, 'year_min, year_max', 'year_max, item')"
        " WHERE name = 'records_years'"
    )
    connection.commit()
    connection.close()
    reseal(bundle)

    assert "records.sqlite: " in find_fault(bundle)


def test_a_bundle_that_crashes_the_process_is_refused(
    bundle: Path, change_manifest: Callable[..., Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(BundleDamagedError, match="doesn't work on this kiosk: exit code 1"):
        probe(bundle)


def test_a_bundle_that_takes_too_long_is_refused(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "TIMEOUT_S", 0.01)
    with pytest.raises(BundleDamagedError, match="within 0 s"):
        probe(bundle)


@pytest.mark.slow
def test_the_probes_process_reports_the_fault(bundle: Path) -> None:
    (bundle / layout.MODEL).write_bytes(b"x")
    done = subprocess.run(
        [sys.executable, "-m", "device.store.probe", str(bundle)],
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 1
    assert "model.tflite is 1 bytes" in done.stderr
