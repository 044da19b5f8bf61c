"""The strip at the foot of the stand's screen while an update comes from a stick."""

from flask import Blueprint, Response, render_template

from device.service import KioskService
from kiosk_ui import security
from kiosk_ui.staff import usb_status


def blueprint(service: KioskService) -> Blueprint:
    """Give the strip's route; only the screen at the stand may ask.

    Args:
        service: Whose updates it tells of.
    """
    routes = Blueprint("stick", __name__)
    routes.before_request(security.require_stand)

    @routes.get("/stand/stick")
    def words() -> str | Response:
        told = service.updates.on_screen()
        if told is None:
            return Response(status=204)
        return render_template("staff/usb_status.html", notice=usb_status.notice(told))

    return routes
