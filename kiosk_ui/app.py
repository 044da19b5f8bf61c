"""The Flask applications of the stand and of phones: blueprints, limits, error responses."""

import logging
from collections.abc import Iterable

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from device.errors import (
    AnswerGoneError,
    BundleError,
    BusyError,
    CameraError,
    FilterError,
    KioskError,
    PictureError,
    UnknownRecordError,
)
from device.service import KioskService
from kiosk_ui import metrics, security, static_files
from kiosk_ui.api import views as api_views
from kiosk_ui.browse import views as browse_views
from kiosk_ui.comparison import views as comparison_views
from kiosk_ui.concurrency_limits import ConcurrencyLimit
from kiosk_ui.preferences import PreferenceCookies
from kiosk_ui.screen_config import Screen
from kiosk_ui.staff import usb_views
from kiosk_ui.staff import views as staff_views
from kiosk_ui.staff.session_keys import StaffSessions
from kiosk_ui.stand import api as stand_api
from kiosk_ui.stand import views as stand_views
from kiosk_ui.stand.visit_counter import count_visits

_log = logging.getLogger(__name__)

MAX_UPLOAD_BYTES = 12 * 1024 * 1024
# A waiting long poll or search occupies one of the server's threads.
LONG_POLLS = 3
SEARCHES = 8

_STATUS: dict[type[KioskError], int] = {
    PictureError: 400,
    FilterError: 400,
    UnknownRecordError: 404,
    AnswerGoneError: 404,
    BusyError: 503,
    BundleError: 503,
    CameraError: 503,
}


def create_app(
    service: KioskService,
    screen: Screen,
    hosts: Iterable[str],
    *,
    sessions: StaffSessions | None = None,
) -> Flask:
    """Return the application that serves the stand, its staff and programs.

    Args:
        service: The kiosk's service.
        screen: The touchscreen at the stand.
        hosts: Host names a browser may request; others are refused (DNS rebinding).
        sessions: The staff's sign-ins; `None` starts without any.
    """
    app = _base_app(service, screen, hosts)
    app.register_blueprint(stand_api.blueprint(service, waiting=LONG_POLLS))
    app.register_blueprint(usb_views.blueprint(service))
    app.register_blueprint(metrics.blueprint(service))
    if service.staff is not None:
        app.register_blueprint(
            staff_views.blueprint(service, service.staff, sessions or StaffSessions())
        )
        preferences: PreferenceCookies = app.extensions["preferences"]
        app.after_request(count_visits(service, service.staff, preferences))
    return app


def create_lan_app(service: KioskService, screen: Screen, hosts: Iterable[str]) -> Flask:
    """Return the application for phones on the museum's network.

    It has no routes of the stand or the staff.

    Args:
        service: The kiosk's service.
        screen: The display preferences that a page starts with.
        hosts: Host names a phone may request; others are refused (DNS rebinding).
    """
    app = _base_app(service, screen, hosts)
    app.config[security.IS_LAN] = True
    return app


def _base_app(service: KioskService, screen: Screen, hosts: Iterable[str]) -> Flask:
    """Return an application with the routes that guests and the stand share."""
    app = Flask(__name__, static_folder=None)
    static_files.register(app)
    app.request_class = security.MemoryRequest
    app.config.update(
        TRUSTED_HOSTS=list(hosts),
        MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES,
        MAX_FORM_PARTS=4,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    preferences = PreferenceCookies(screen)
    searches = ConcurrencyLimit("searches", SEARCHES)
    app.register_blueprint(stand_views.blueprint(service, screen, searches))
    app.register_blueprint(browse_views.blueprint(service))
    app.register_blueprint(comparison_views.blueprint(service))
    app.register_blueprint(api_views.blueprint(service, searches))
    # One bundle for the whole page.
    app.before_request(service.collection.begin_request)
    app.teardown_request(lambda error: service.collection.end_request())
    app.before_request(security.refuse_foreign_posts)
    app.after_request(security.add_headers)
    app.after_request(preferences.remember)
    app.context_processor(preferences.context)
    app.extensions["preferences"] = preferences
    app.register_error_handler(KioskError, _on_kiosk_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_unexpected_error)
    return app


def _on_kiosk_error(error: KioskError) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), None)
    if status is None:
        return _on_unexpected_error(error)
    is_empty = status == 503 and isinstance(error, BundleError)
    return _problem(status, str(error), kind="nothing" if is_empty else "")


def _on_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:  # a redirect is not an error
        return error
    line = " ".join((error.description or error.name).split())
    return _problem(error.code or 500, line[:1].lower() + line[1:].rstrip("."), is_ours=False)


def _on_unexpected_error(error: Exception) -> Response:
    _log.error(
        "%s %s: failed with an unexpected error", request.method, request.path, exc_info=error
    )
    return _problem(500, "the kiosk failed to answer; see its log")


def _problem(status: int, line: str, kind: str = "", *, is_ours: bool = True) -> Response:
    """Return an error response: JSON for a program, a friendly page for a person.

    The page shows `line` only if it `is_ours`, and never a library's wording.
    """
    kind = kind or _kind(status)
    if request.path.startswith("/api/") or request.path == "/healthz":
        response = jsonify(error=line, said=_visitor_text(kind))
    else:
        template = (
            "shared/error_scene.html"
            if request.headers.get("X-Fragment")
            else "shared/error_page.html"
        )
        response = Response(render_template(template, kind=kind, line=line if is_ours else ""))
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _visitor_text(kind: str) -> str:
    """Return an error's text for visitors, in the language of the request."""
    texts = current_app.extensions["preferences"].current().texts
    return str(texts(f"problem.{kind}"))


def _kind(status: int) -> str:
    """Return the key of the visitors' text for an HTTP status."""
    kinds = {400: "picture", 404: "missing", 413: "large", 415: "picture", 503: "busy"}
    return kinds.get(status, "fault")
