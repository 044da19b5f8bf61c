"""`/metrics` reports the kiosk's state to Prometheus on this machine alone."""

from pathlib import Path

import pytest
from kiosk_page import app_of, no_camera
from prometheus_client.parser import text_string_to_metric_families as families

from device.config import RecognitionConfig
from device.sd_notify import Notifier
from device.service import CameraSetup, KioskService, StaffFolders, StaffService
from kiosk_ui.heartbeat import Heartbeat


def numbers(service: KioskService) -> dict[str, float]:
    """Return every sample by its name; a histogram by its count."""
    app = app_of(service)
    Heartbeat(app, None)
    answer = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert answer.status_code == 200
    return {s.name: s.value for f in families(answer.text) for s in f.samples}


@pytest.mark.slow
def test_metrics_report_the_kiosks_state(open_service, upload) -> None:
    service = open_service()
    before = numbers(service)
    service.query.identify(upload)
    after = numbers(service)

    assert before["printkiosk_well"] == 1
    assert before["printkiosk_answers_total"] == 0
    assert after["printkiosk_answers_total"] == 1
    assert after["printkiosk_answer_seconds_count"] == 1
    assert 0 < after["printkiosk_answer_seconds_sum"] < 60
    assert after["printkiosk_bundle_prints"] == service.collection.manifest.items
    assert after["printkiosk_camera_ready"] == 0
    assert after["printkiosk_page_silent_seconds"] >= 0


def test_metrics_and_healthz_agree_on_machine_and_service(
    small_bundle: Path, tmp_path: Path
) -> None:
    zone = tmp_path / "sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("cpu-thermal")
    (zone / "temp").write_text("81500")
    staff_service = StaffService(
        StaffFolders(staff=tmp_path / "staff", run=tmp_path, sys=tmp_path / "sys"), pause_s=90
    )
    with KioskService(
        small_bundle,
        CameraSetup(opener=no_camera),
        RecognitionConfig(threads=1),
        notifier=Notifier(None),
        staff=staff_service,
    ) as service:
        found = numbers(service)
        client = app_of(service).test_client()
        local = client.get("/healthz", environ_base={"REMOTE_ADDR": "127.0.0.1"}).get_json()
        other = client.get("/healthz", environ_base={"REMOTE_ADDR": "10.0.0.9"}).get_json()

    assert found["printkiosk_temperature_celsius"] == local["machine"]["temperature_c"] == 81.5
    assert found["printkiosk_sparing"] == local["machine"]["sparing"] == 1
    assert found["printkiosk_storage_good"] == (local["machine"]["storage"] == "good")
    assert found["printkiosk_service_starts"] == local["machine"]["starts"] == 1
    assert found["printkiosk_page_renewed_total"] == 0
    assert "printkiosk_throttled" not in found
    assert other["machine"] is None


def test_unknown_values_have_no_sample(open_service) -> None:
    assert "printkiosk_camera_frame_age_seconds" not in numbers(open_service())


def test_a_kiosk_without_a_bundle_has_metrics(open_service, tmp_path: Path) -> None:
    found = numbers(open_service(bundle=tmp_path / "none"))

    assert found["printkiosk_well"] == 0
    assert "printkiosk_bundle_prints" not in found


@pytest.mark.parametrize("address", ["192.168.1.20", "10.0.0.1"])
def test_metrics_are_for_this_machine_alone(open_service, address: str) -> None:
    client = app_of(open_service()).test_client()

    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == 403
