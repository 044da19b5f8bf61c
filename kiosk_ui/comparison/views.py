"""The routes of the comparison with a record, and of its link to take home."""

from flask import Blueprint, Response, render_template, request

from device.errors import UnknownRecordError
from device.service import KioskService, Record
from kiosk_ui import labels, qr, request_values
from kiosk_ui.comparison import presenter as comparison_presenter
from kiosk_ui.labels import Label
from kiosk_ui.preferences import visitor_language


def blueprint(service: KioskService) -> Blueprint:
    """Return the routes under `/why/` and `/home/`."""
    routes = Blueprint("comparison", __name__)

    def label_of(record: Record, position: int = 0) -> Label:
        manifest = service.collection.manifest
        return labels.label(
            record, manifest.bundle_id, manifest.languages, visitor_language(), position=position
        )

    @routes.get("/why/<token>")
    def why(token: str) -> str:
        request_values.refuse_unknown(request.args, ())
        found = service.query.overlays.get(token)
        best = found.answer.matches[0]
        page = comparison_presenter.comparison_page(found, label_of(best.record, best.position))
        return render_template("comparison/comparison.html", page=page)

    @routes.get("/why/<token>/yours.jpg")
    def yours(token: str) -> Response:
        request_values.refuse_unknown(request.args, ())
        response = Response(service.query.overlays.get(token).jpeg, mimetype="image/jpeg")
        response.headers["Cache-Control"] = "no-store"  # a visitor's picture stays off the disk
        return response

    @routes.post("/why/<token>/forget")
    def forget(token: str) -> tuple[str, int]:
        request_values.refuse_unknown(request.args, ())
        service.query.overlays.remove_upload(token)
        return "", 204

    @routes.get("/home/<path:record_id>")
    def home(record_id: str) -> str:
        request_values.refuse_unknown(request.args, ())
        record = service.collection.record(record_id)
        if record.source_url is None:
            raise UnknownRecordError(f"record {record_id!r}: the museum gives no link to it")
        code = qr.to_svg(record.source_url)
        label = label_of(record)
        return render_template(
            "comparison/take_home.html", label=label, link=record.source_url, code=code
        )

    return routes
