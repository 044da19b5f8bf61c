"""The routes of the staff's pages: behind a PIN, and for the kiosk's own screen alone.

No page for visitors mentions them.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from device.errors import KioskError, PinError, PreferenceError, StoreError
from device.service import (
    Attention,
    Attract,
    KioskService,
    StaffPreferences,
    StaffService,
    statistics,
    unmatched_log,
)
from kiosk_ui import presenter, security
from kiosk_ui.staff import presenter as staff_presenter
from kiosk_ui.staff.pages import StaffPages
from kiosk_ui.staff.presenter import PARTS
from kiosk_ui.staff.session_keys import StaffSessions

COOKIE = "staff"
_TABLE = "text/csv; charset=utf-8"

View = Callable[..., ResponseReturnValue]


def blueprint(service: KioskService, staff: StaffService, sessions: StaffSessions) -> Blueprint:
    """Return the routes under `/staff`.

    Args:
        service: The kiosk's service.
        staff: The staff's preferences, statistics and logs.
        sessions: The staff's sign-ins.
    """
    routes = Blueprint("staff", __name__, url_prefix="/staff")
    routes.before_request(security.require_stand)
    routes.after_request(_let_forms_send_origin)
    routes.context_processor(lambda: {"idle_s": sessions.idle_s, "hints": presenter.HINTS})
    views = _Views(service, staff, sessions)
    routes.get("")(views.sign_in)
    routes.post("")(views.enter_pin)
    routes.post("/leave")(views.sign_out)
    routes.get("/<part>")(views.signed_in_only(views.part))
    routes.post("/choices")(views.signed_in_only(views.save_preferences))
    routes.post("/missed")(views.signed_in_only(views.clear_unmatched))
    routes.post("/capture")(views.signed_in_only(views.capture))
    routes.get("/statistics.csv")(views.signed_in_only(views.statistics_csv))
    routes.get("/missed.csv")(views.signed_in_only(views.unmatched_csv))
    routes.get("/log.txt")(views.signed_in_only(views.log_txt))
    return routes


class _Views:
    """Handles the requests of the routes."""

    def __init__(self, service: KioskService, staff: StaffService, sessions: StaffSessions) -> None:
        self._service = service
        self._staff = staff
        self._sessions = sessions
        self._pages = StaffPages(service, staff)

    def signed_in_only(self, view: View) -> View:
        """Wrap a view, so that anyone who isn't signed in gets the sign-in page instead."""

        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            if self._is_signed_in():
                return view(*args, **kwargs)
            if request.method == "GET":
                return self._pages.sign_in(), 403
            return redirect("/staff", 303)

        return guarded

    def sign_in(self) -> ResponseReturnValue:
        """Show the sign-in page, or the first part if signed in already."""
        return redirect("/staff/health", 303) if self._is_signed_in() else self._pages.sign_in()

    def enter_pin(self) -> ResponseReturnValue:
        """Check a PIN, and sign in if it is right."""
        try:
            self._staff.pin_lockout.try_pin(request.form.get("pin", ""))
        except PinError as error:
            return self._pages.sign_in(error), 403
        self._service.query.dismiss()  # clear the last visitor's answer
        # From now on, a print under the camera isn't a visitor's.
        self._service.query.attend(Attention(is_elsewhere=True))
        response = redirect("/staff/health", 303)
        key = self._sessions.begin()
        response.set_cookie(COOKIE, key, path="/staff", httponly=True, samesite="Strict")
        return response

    def sign_out(self) -> ResponseReturnValue:
        """Sign out, and go back to the visitors' page."""
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response = redirect("/?anew", 303)
        response.delete_cookie(COOKIE, path="/staff", httponly=True, samesite="Strict")
        return response

    def part(self, part: str) -> ResponseReturnValue:
        """Show one part of the staff's pages."""
        if part not in PARTS:
            raise NotFound
        return self._pages.page(part)

    def save_preferences(self) -> ResponseReturnValue:
        """Save the form's preferences."""
        try:
            self._staff.save_preferences(_preferences_of_form(self._staff.preferences))
        except (PreferenceError, StoreError) as error:
            return self._pages.page("choices", fault=error), 400
        return redirect("/staff/choices?said=kept", 303)

    def clear_unmatched(self) -> ResponseReturnValue:
        """Clear the list of unmatched prints."""
        try:
            self._staff.unmatched.clear()
        except StoreError as error:
            return self._pages.page("missed", fault=error), 400
        return redirect("/staff/missed?said=cleared", 303)

    def capture(self) -> ResponseReturnValue:
        """Take a test picture and show it."""
        try:
            return self._pages.page("capture", capture=self._service.query.capture_for_staff())
        except KioskError as error:
            return self._pages.page("capture", fault=error), 503

    def statistics_csv(self) -> ResponseReturnValue:
        """Download all counts as a table."""
        return _file("statistics.csv", statistics.to_csv(self._staff.statistics()), _TABLE)

    def unmatched_csv(self) -> ResponseReturnValue:
        """Download the list of unmatched prints as a table."""
        return _file("missed.csv", unmatched_log.to_csv(self._staff.unmatched.entries()), _TABLE)

    def log_txt(self) -> ResponseReturnValue:
        """Download the log's last lines."""
        text = "".join(f"{line}\n" for line in self._staff.recent_log.lines())
        return _file("printkiosk-log.txt", text, "text/plain; charset=utf-8")

    def _is_signed_in(self) -> bool:
        return self._sessions.is_valid(request.cookies.get(COOKIE, ""))


def _preferences_of_form(before: StaffPreferences) -> StaffPreferences:
    """Return the preferences in the form; raise `PreferenceError` if they are invalid."""
    shown = request.form.get("attract", "all")
    facet, _, value = shown.partition(":")
    attract = (
        Attract(enabled=shown != "none")
        if shown in ("all", "none")
        else Attract(facet=facet or shown, value=value)
    )
    return replace(
        before,
        attract=attract,
        opening=staff_presenter.opening_of(request.form),
        keeps_unmatched="keeps_misses" in request.form,
    )


def _file(name: str, text: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type=kind, headers=headers)


def _let_forms_send_origin(response: Response) -> Response:
    """Let the page's own forms send their origin, which `no-referrer` would prevent."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response
