"""Records, pictures and filters of the bundle, and a kiosk without one."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from blocking_notifier import LONG_S, BlockingNotifier
from pluggable_camera import PluggableCamera
from running_kiosk import kiosk, opened_camera, until

from converter.build import bundle_writer
from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.reader import read_manifest, sha256_of
from device.errors import (
    BundleMissingError,
    UnknownRecordError,
)
from device.service import KioskService
from device.service.state import Phase


def damage(bundle: Path) -> None:
    """Remove the model's last byte."""
    path = bundle / layout.MODEL
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-1])


@pytest.mark.slow
@pytest.mark.parametrize("is_damaged", [True, False], ids=["damaged", "missing"])
def test_without_a_bundle_the_kiosk_runs_and_reports_the_fault(
    bundle_copy: Path, camera: PluggableCamera, notifier: BlockingNotifier, is_damaged: bool
) -> None:
    damage(bundle_copy)
    path = bundle_copy if is_damaged else bundle_copy / "nowhere"
    with kiosk(path, lambda bundle: opened_camera(camera), notifier) as service:
        state = until(service, lambda state: state.phase is Phase.NO_BUNDLE and state.camera_ready)
        wrong = "model.tflite is" if is_damaged else "found no manifest.json"

        assert wrong in state.note
        calls: list[Callable[[], object]] = [
            service.query.look,
            lambda: service.query.identify(b""),
            lambda: service.collection.record("a"),
            lambda: service.collection.picture("a", "thumb"),
            lambda: service.collection.options(Filters()),
            lambda: service.collection.manifest,
        ]
        for call in calls:
            with pytest.raises(BundleMissingError, match=wrong):
                call()
        health = service.health()
        assert not health.well
        assert health.manifest is None
        for _ in range(2):
            assert notifier.pings.acquire(timeout=LONG_S)  # the watchdog is still pinged


def test_a_model_that_cannot_be_loaded_is_a_state(
    bundle_copy: Path,
    change_manifest: Callable[..., object],
    camera: PluggableCamera,
    notifier: BlockingNotifier,
) -> None:
    path = bundle_copy / layout.MODEL
    path.unlink()
    path.write_bytes(b"no model")
    sha256 = sha256_of(path)
    was = read_manifest(bundle_copy)
    change_manifest(
        bundle_copy,
        files=bundle_writer.entries(bundle_copy),
        model=replace(was.model, sha256=sha256),
        index=replace(was.index, model_sha256=sha256),
    )

    with kiosk(bundle_copy, lambda bundle: opened_camera(camera), notifier) as service:
        assert "can't be loaded" in service.snapshot().state.note
        held = [os.path.realpath(file) for file in Path("/proc/self/fd").iterdir()]
        assert not [
            path for path in held if path.startswith(str(bundle_copy))
        ]  # all files are closed


def test_records_pictures_and_options_come_from_the_bundle(service: KioskService) -> None:
    record = service.collection.record(service.collection.manifest.probes[0])

    assert service.collection.picture(record.record_id, "thumb")[8:12] == b"WEBP"
    assert service.collection.options(Filters()).remaining == 12
    with pytest.raises(UnknownRecordError):
        service.collection.record("unknown")
