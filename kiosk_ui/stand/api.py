"""The API of the stand's own screen: look, dismiss, attend, and two bounded long polls.

The long polls return the stand's state and the live picture. Only this machine may use it: a phone
in the gallery is a guest, and sees neither the camera nor the screen.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from device.service import Attention, KioskService, Preview, Snapshot
from kiosk_ui import request_values, security
from kiosk_ui.api.views import answer_with_records
from kiosk_ui.concurrency_limits import ConcurrencyLimit

STATE_WAIT_S = 5.0
PREVIEW_WAIT_S = 0.5
_MAX_REVISION = 999_999_999


def blueprint(service: KioskService, *, waiting: int) -> Blueprint:
    """Return the routes under `/api/v1/stand/`.

    Args:
        service: The kiosk's service.
        waiting: How many requests may wait in each long poll.
    """
    routes = Blueprint("stand", __name__, url_prefix="/api/v1/stand")
    routes.before_request(security.require_stand)
    states, previews = ConcurrencyLimit("state", waiting), ConcurrencyLimit("live picture", waiting)

    @routes.post("/look")
    def look() -> tuple[str, int]:
        service.query.look(filters=request_values.read_filters(request.args))
        return "", 204

    @routes.post("/dismiss")
    def dismiss() -> tuple[str, int]:
        request_values.refuse_unknown(request.args, ())
        service.query.dismiss()
        return "", 204

    @routes.post("/attend")
    def attend() -> tuple[str, int]:
        filters = request_values.read_filters(request.args, also=("elsewhere",))
        elsewhere = request_values.read_number(request.args, "elsewhere", 0, 1)
        service.query.attend(Attention(filters=filters, is_elsewhere=elsewhere == 1))
        return "", 204

    @routes.get("/state")
    def state() -> Response:
        after = _after()
        with states.slot():
            snapshot = service.snapshot(after, STATE_WAIT_S)
        return jsonify(_state_to_json(service, snapshot))

    @routes.get("/print.jpg")
    def print_() -> Response:
        request_values.refuse_unknown(request.args, ())
        response = Response(service.query.overlays.print_at_stand(), mimetype="image/jpeg")
        response.headers["Cache-Control"] = "no-store"  # a visitor's picture stays off the disk
        return response

    @routes.get("/preview.jpg")
    def preview() -> Response:
        after = _after()
        with previews.slot():
            found = service.preview(after, PREVIEW_WAIT_S)
        if found is None:
            return Response(status=204)
        response = Response(found.jpeg, mimetype="image/jpeg")
        response.headers.update(_headers(found))
        return response

    return routes


def _after() -> int:
    request_values.refuse_unknown(request.args, ("after",))
    return request_values.read_number(request.args, "after", 0, _MAX_REVISION) or 0


def _headers(found: Preview) -> dict[str, str]:
    """Return headers with the live picture's outline and hint, so that all are of one frame."""
    headers = {"X-Frame-Number": str(found.number)}
    if found.corners is not None:
        headers["X-Outline"] = ",".join(f"{v:.4f}" for c in found.corners for v in (c.x, c.y))
    if found.hint is not None:
        headers["X-Hint"] = found.hint.value
    if found.is_known:
        headers["X-Known"] = "1"
    if found.stillness > 0:
        headers["X-Still"] = f"{found.stillness:.2f}"
    return headers


def _state_to_json(service: KioskService, snapshot: Snapshot) -> dict[str, Any]:
    state = snapshot.state
    return {
        "boot_id": service.boot_id,
        "revision": snapshot.revision,
        "phase": state.phase.value,
        "camera_ready": state.camera_ready,
        "is_open": service.staff is None or service.staff.is_open,
        "answer": answer_with_records(state.answer) if state.answer else None,
    }
