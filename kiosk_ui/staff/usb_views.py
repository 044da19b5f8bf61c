"""The status of a USB update at the foot of the stand's screen."""

from flask import Blueprint, Response, render_template

from device.service import KioskService
from kiosk_ui import security
from kiosk_ui.staff import usb_status


def blueprint(service: KioskService) -> Blueprint:
    """Return the status's route, which only the stand's screen may request.

    Args:
        service: The kiosk's service.
    """
    routes = Blueprint("usb", __name__)
    routes.before_request(security.require_stand)

    @routes.get("/stand/stick")
    def status() -> str | Response:
        progress = service.updates.usb_progress()
        if progress is None:
            return Response(status=204)
        return render_template("staff/usb_status.html", notice=usb_status.notice(progress))

    return routes
