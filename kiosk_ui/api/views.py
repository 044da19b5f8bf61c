"""The HTTP API for programs: search, records, pictures, filters, health."""

from dataclasses import asdict
from importlib import resources
from typing import Any, get_args

from flask import Blueprint, Response, jsonify, request

from device.errors import FilterError
from device.service import (
    MEDIA_TYPE,
    Answer,
    CameraHealth,
    KioskService,
    Record,
    Size,
    answer_to_json,
)
from kiosk_ui import request_values, security
from kiosk_ui.concurrency_limits import ConcurrencyLimit
from kiosk_ui.labels import picture_address

_DESCRIPTION = resources.files("kiosk_ui").joinpath("openapi.json")
# A picture's address names its bundle, so its content never changes.
_IMMUTABLE = "private, max-age=86400, immutable"
_MAX_POSITION = 9999


def blueprint(service: KioskService, searches: ConcurrencyLimit) -> Blueprint:
    """Return the routes under `/api/v1/`, and `/healthz`."""
    routes = Blueprint("api", __name__)

    @routes.post("/api/v1/search")
    def search() -> Response:
        filters = request_values.read_filters(request.args, also=("corners", "count"))
        corners = request_values.read_corners(request.args)
        count = request_values.read_number(request.args, "count", 1, request_values.MAX_MATCHES)
        picture = request_values.read_picture(request)
        with searches.slot():
            answer = service.query.identify(picture, filters=filters, corners=corners, count=count)
        return jsonify(answer_with_records(answer))

    @routes.get("/api/v1/records/<path:record_id>")
    def record(record_id: str) -> Response:
        request_values.refuse_unknown(request.args, ())
        found = service.collection.record(record_id)
        return jsonify(record_to_json(found, service.collection.manifest.bundle_id))

    @routes.get("/api/v1/records/<path:record_id>/picture")
    def picture(record_id: str) -> Response:
        request_values.refuse_unknown(request.args, ("size", "bundle", "position"))
        size, bundle_id = _size(request.args.get("size", "screen")), request.args.get("bundle")
        position = request_values.read_number(request.args, "position", 0, _MAX_POSITION) or 0
        data = service.collection.picture(record_id, size, bundle_id, position)
        response = Response(data, mimetype=MEDIA_TYPE)
        if bundle_id == service.collection.manifest.bundle_id:
            response.headers["Cache-Control"] = _IMMUTABLE
        return response

    @routes.get("/api/v1/filters")
    def filters() -> Response:
        return jsonify(
            asdict(service.collection.options(request_values.read_filters(request.args)))
        )

    @routes.get("/api/v1/openapi.json")
    def openapi() -> Response:
        return Response(_DESCRIPTION.read_bytes(), mimetype="application/json")

    @routes.get("/healthz")
    def healthz() -> tuple[Response, int]:
        health = _health(service)
        return jsonify(health), 200 if health["well"] else 503

    return routes


def answer_with_records(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON values, each match with its record."""
    data = answer_to_json(answer)
    for found, match in zip(data["matches"], answer.matches, strict=True):
        found["record"] = record_to_json(match.record, answer.bundle_id)
    return data


def record_to_json(record: Record, bundle_id: str) -> dict[str, Any]:
    """Return a record as JSON values, with the addresses of its pictures."""
    data = asdict(record)
    del data["item"], data["show_picture"]
    data["pictures"] = _addresses(record, bundle_id, 0)
    for position, further in enumerate(data["more_pictures"], 1):
        further["pictures"] = _addresses(record, bundle_id, position)
    return data


def _addresses(record: Record, bundle_id: str, position: int) -> dict[str, str] | None:
    if not record.show_picture:
        return None
    sizes: tuple[Size, ...] = get_args(Size)
    return {size: picture_address(record, bundle_id, size, position) for size in sizes}


def _size(text: str) -> Size:
    for size in get_args(Size):
        if text == size:
            return size  # type: ignore[no-any-return]  # one of the literal's own values
    raise FilterError(f"size: expected {' or '.join(get_args(Size))}, found {text[:40]!r}")


def _health(service: KioskService) -> dict[str, Any]:
    health = service.health()
    manifest = health.manifest
    return {
        "well": health.well,
        "boot_id": health.boot_id,
        "phase": health.phase.value,
        # Only for staff at the machine, because it names paths.
        "note": health.note if security.is_stand() else "",
        "bundle": manifest
        and {"id": manifest.bundle_id, "name": manifest.name, "prints": manifest.items},
        "camera": _camera(health.camera),
        "machine": _machine(service) if security.is_stand() else None,
        "answers": health.answers,
        "uptime_s": round(health.uptime_s, 1),
    }


def _machine(service: KioskService) -> dict[str, Any] | None:
    if service.staff is None:
        return None
    report = service.staff.report()
    machine = report.machine
    return {
        "temperature_c": machine.temperature_c,
        "throttled": machine.is_throttled,
        "sparing": machine.is_strained,
        "under_voltage": machine.had_under_voltage,
        "storage": report.storage.value,
        "starts": report.starts,
    }


def _camera(camera: CameraHealth) -> dict[str, Any]:
    age_s = camera.frame_age_s
    return {
        "ready": camera.is_ready,
        "frame_age_s": None if age_s is None else round(age_s, 2),
        "losses": camera.losses,
        "reopened": camera.reopened,
        "restarted": camera.restarted,
    }
