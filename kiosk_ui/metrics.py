"""`/metrics` for Prometheus: the kiosk's health in numbers, for this machine alone.

No metric names a visitor or a print. The only module that knows prometheus-client. Every value is
read when it is requested, and none is kept here.
"""

from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from device.service import CameraHealth, HardwareHealth, Health, KioskService, StaffReport, Storage
from kiosk_ui import heartbeat, security

_NAME = "printkiosk_"


def blueprint(service: KioskService) -> Blueprint:
    """Return the route `/metrics`."""
    routes = Blueprint("metrics", __name__)
    registry = CollectorRegistry()
    registry.register(_KioskCollector(service))

    @routes.get("/metrics")
    def metrics() -> Response:
        security.require_stand()
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return routes


class _KioskCollector(Collector):
    def __init__(self, service: KioskService) -> None:
        self._service = service

    def describe(self) -> Iterable[Metric]:
        """Return no metrics, so that registering doesn't query the kiosk."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield every metric with its present value."""
        health = self._service.health()
        yield from _kiosk(health)
        yield from _camera(health.camera)
        if self._service.staff is not None:
            yield from _report(self._service.staff.report())
        beat = current_app.extensions.get(heartbeat.NAME)
        if beat is not None:
            yield _gauge(
                "page_silent_seconds",
                "Since the last request of a page on this machine",
                beat.age_s,
            )
            yield _counter(
                "page_renewed", "Restarts of the browser that were requested", beat.browser_restarts
            )


def _kiosk(health: Health) -> Iterator[Metric]:
    yield _gauge("well", "1 when the kiosk can answer visitors", health.well)
    yield _gauge("uptime_seconds", "Since the service was started", health.uptime_s)
    yield _counter("answers", "Answers given since the service was started", health.answers)
    times = health.answer_times
    yield HistogramMetricFamily(
        f"{_NAME}answer_seconds",
        "Time from a frame to its answer",
        buckets=[(bound, count) for bound, count in times.cumulative()],
        sum_value=times.sum_s,
    )
    manifest = health.manifest
    if manifest is None:
        return
    named = {"id": manifest.bundle_id, "version": str(manifest.version)}
    yield InfoMetricFamily(f"{_NAME}bundle", "The bundle in use", value=named)
    yield _gauge("bundle_prints", "Prints in the bundle", manifest.items)
    if manifest.parity is not None:
        cosine = manifest.parity.clean_cosine_median
        yield _gauge(
            "bundle_parity_cosine", "Median cosine similarity to full-precision TensorFlow", cosine
        )


def _camera(camera: CameraHealth) -> Iterator[Metric]:
    yield _gauge("camera_ready", "1 when the camera delivers frames", camera.is_ready)
    yield _gauge("camera_frame_age_seconds", "Age of the newest frame", camera.frame_age_s)
    yield _counter("camera_frames", "Frames since the service was started", camera.frames)
    yield _counter(
        "camera_losses", "Times the camera was lost or couldn't be opened", camera.losses
    )
    yield _counter("camera_reopened", "Times the camera's process opened it again", camera.reopened)
    yield _counter("camera_restarted", "Times the camera's process was replaced", camera.restarted)


def _report(report: StaffReport) -> Iterator[Metric]:
    machine: HardwareHealth = report.machine
    yield _gauge("service_starts", "Starts of the service since the machine started", report.starts)
    yield _gauge("temperature_celsius", "Temperature of the processor", machine.temperature_c)
    yield _gauge("throttled", "1 while the processor is throttled", machine.is_throttled)
    yield _gauge(
        "sparing",
        "1 while the kiosk does less work, because of throttling or heat",
        machine.is_strained,
    )
    yield _gauge(
        "under_voltage",
        "1 when the supply voltage was too low since the machine started",
        machine.had_under_voltage,
    )
    yield _gauge("storage_good", "1 when the disk has no problem", report.storage is Storage.GOOD)
    yield _gauge(
        "storage_free_bytes", "Free space of the disk with the bundles", machine.free_bytes
    )
    yield _gauge(
        "storage_read_only", "1 when the disk with the bundles is read-only", machine.is_read_only
    )
    yield _gauge("storage_errors", "Errors that its file system has counted", machine.disk_errors)
    yield _gauge("storage_keeps", "1 when the disk keeps what is written", report.keeps)
    yield _gauge("clock_set", "1 when the clock is plausibly set", machine.has_clock)


def _gauge(name: str, help_text: str, value: float | None) -> Metric:
    """Return a gauge, without a value for None."""
    metric = GaugeMetricFamily(_NAME + name, help_text)
    if value is not None:
        metric.add_metric([], float(value))
    return metric


def _counter(name: str, help_text: str, value: int) -> Metric:
    return CounterMetricFamily(_NAME + name, help_text, value=value)
