"""`/metrics`, as Prometheus reads it: how the kiosk is, in numbers. For this machine alone; it names no visitor and no print.

The only module that knows prometheus-client. Every number is asked for when it is fetched; nothing is kept here.
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
    """Give the route."""
    routes = Blueprint("metrics", __name__)
    registry = CollectorRegistry()
    registry.register(_Numbers(service))

    @routes.get("/metrics")
    def metrics() -> Response:
        security.require_stand()
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return routes


class _Numbers(Collector):
    def __init__(self, service: KioskService) -> None:
        self._service = service

    def describe(self) -> Iterable[Metric]:
        """Say nothing yet: registering must not ask the kiosk."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Give every number as it is now."""
        health = self._service.health()
        yield from _kiosk(health)
        yield from _camera(health.camera)
        if self._service.staff is not None:
            yield from _report(self._service.staff.report())
        heart = current_app.extensions.get(heartbeat.NAME)
        if heart is not None:
            yield _gauge("page_silent_seconds", "Since a page on this machine asked", heart.age_s)
            yield _counter("page_renewed", "Times a new browser was asked for", heart.renewed)


def _kiosk(health: Health) -> Iterator[Metric]:
    yield _gauge("well", "1 when visitors can be answered", health.well)
    yield _gauge("uptime_seconds", "Since the service was started", health.uptime_s)
    yield _counter("answers", "Answers given since the service was started", health.answers)
    times = health.answer_times
    yield HistogramMetricFamily(
        f"{_NAME}answer_seconds",
        "From a frame to its answer",
        buckets=[(bound, count) for bound, count in times.cumulative()],
        sum_value=times.sum_s,
    )
    manifest = health.manifest
    if manifest is None:
        return
    named = {"id": manifest.bundle_id, "version": str(manifest.version)}
    yield InfoMetricFamily(f"{_NAME}bundle", "The bundle that answers", value=named)
    yield _gauge("bundle_prints", "Prints in it", manifest.items)
    if manifest.parity is not None:
        cosine = manifest.parity.clean_cosine_median
        yield _gauge("bundle_parity_cosine", "Median against full-precision TensorFlow", cosine)


def _camera(camera: CameraHealth) -> Iterator[Metric]:
    yield _gauge("camera_ready", "1 when the camera gives frames", camera.is_ready)
    yield _gauge("camera_frame_age_seconds", "Of the newest frame", camera.frame_age_s)
    yield _counter("camera_frames", "Frames since the service was started", camera.frames)
    yield _counter("camera_losses", "Times it was lost or couldn't be opened", camera.losses)
    yield _counter("camera_reopened", "Times its own process opened it again", camera.reopened)
    yield _counter("camera_restarted", "Times that process was replaced", camera.restarted)


def _report(report: StaffReport) -> Iterator[Metric]:
    machine: HardwareHealth = report.machine
    yield _gauge("service_starts", "Since the machine was started", report.starts)
    yield _gauge("temperature_celsius", "Of the processor", machine.temperature_c)
    yield _gauge("throttled", "1 while the machine slows itself down", machine.is_throttled)
    yield _gauge(
        "sparing", "1 while the kiosk does less for that, or for heat", machine.is_strained
    )
    yield _gauge("under_voltage", "1 when the power was too weak", machine.had_under_voltage)
    yield _gauge(
        "storage_good", "1 when nothing is to be said of the disk", report.storage is Storage.GOOD
    )
    yield _gauge("storage_free_bytes", "Of the disk with the bundles", machine.free_bytes)
    yield _gauge("storage_read_only", "1 when that disk takes nothing", machine.is_read_only)
    yield _gauge("storage_errors", "What its file system has counted", machine.disk_errors)
    yield _gauge("storage_keeps", "1 when what is written is kept", report.keeps)
    yield _gauge("clock_set", "1 when the clock can be right", machine.has_clock)


def _gauge(name: str, words: str, value: float | None) -> Metric:
    """Give a gauge; one whose value nobody knows has none."""
    metric = GaugeMetricFamily(_NAME + name, words)
    if value is not None:
        metric.add_metric([], float(value))
    return metric


def _counter(name: str, words: str, value: int) -> Metric:
    return CounterMetricFamily(_NAME + name, words, value=value)
