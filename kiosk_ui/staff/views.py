"""The staff's page: behind a PIN, at the kiosk's own screen alone, and without a word to visitors that it is there."""

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
from kiosk_ui.staff.sessions import StaffSessions

COOKIE = "staff"
_TABLE = "text/csv; charset=utf-8"

View = Callable[..., ResponseReturnValue]


def blueprint(service: KioskService, office: StaffService, sessions: StaffSessions) -> Blueprint:
    """Give the routes under `/staff`.

    Args:
        service: The one object they talk to.
        office: What staff see and choose.
        sessions: Who is in.
    """
    routes = Blueprint("staff", __name__, url_prefix="/staff")
    routes.before_request(security.require_stand)
    routes.after_request(_let_forms_say_whence)
    routes.context_processor(lambda: {"idle_s": sessions.idle_s, "hints": presenter.HINTS})
    staff = _Staff(service, office, sessions)
    routes.get("")(staff.door)
    routes.post("")(staff.enter)
    routes.post("/leave")(staff.leave)
    routes.get("/<part>")(staff.inside(staff.part))
    routes.post("/choices")(staff.inside(staff.choose))
    routes.post("/missed")(staff.inside(staff.clear))
    routes.post("/capture")(staff.inside(staff.capture))
    routes.get("/statistics.csv")(staff.inside(staff.statistics_csv))
    routes.get("/missed.csv")(staff.inside(staff.missed_csv))
    routes.get("/log.txt")(staff.inside(staff.log_txt))
    return routes


class _Staff:
    """What each route does."""

    def __init__(
        self, service: KioskService, office: StaffService, sessions: StaffSessions
    ) -> None:
        self._service = service
        self._office = office
        self._sessions = sessions
        self._pages = StaffPages(service, office)

    def inside(self, view: View) -> View:
        """Give a view for who is in; everybody else is shown the door."""

        @wraps(view)
        def guarded(*given: object, **named: object) -> ResponseReturnValue:
            if self._is_in():
                return view(*given, **named)
            if request.method == "GET":
                return self._pages.door(), 403
            return redirect("/staff", 303)

        return guarded

    def door(self) -> ResponseReturnValue:
        """Ask for the PIN."""
        return redirect("/staff/health", 303) if self._is_in() else self._pages.door()

    def enter(self) -> ResponseReturnValue:
        """Try a PIN."""
        try:
            self._office.pin_lockout.try_pin(request.form.get("pin", ""))
        except PinError as error:
            return self._pages.door(error), 403
        self._service.query.dismiss()  # what the last visitor was shown
        # Prints that are laid there from now on are no visitor's.
        self._service.query.attend(Attention(is_elsewhere=True))
        response = redirect("/staff/health", 303)
        key = self._sessions.begin()
        response.set_cookie(COOKIE, key, path="/staff", httponly=True, samesite="Strict")
        return response

    def leave(self) -> ResponseReturnValue:
        """Go out, and back to the visitors' page."""
        self._sessions.end(request.cookies.get(COOKIE, ""))
        response = redirect("/?anew", 303)
        response.delete_cookie(COOKIE, path="/staff", httponly=True, samesite="Strict")
        return response

    def part(self, part: str) -> ResponseReturnValue:
        """Show one part."""
        if part not in PARTS:
            raise NotFound
        return self._pages.page(part)

    def choose(self) -> ResponseReturnValue:
        """Take what was chosen."""
        try:
            self._office.save_preferences(_chosen(self._office.preferences))
        except (PreferenceError, StoreError) as error:
            return self._pages.page("choices", fault=error), 400
        return redirect("/staff/choices?said=kept", 303)

    def clear(self) -> ResponseReturnValue:
        """Forget the list of missed matches."""
        try:
            self._office.unmatched.clear()
        except StoreError as error:
            return self._pages.page("missed", fault=error), 400
        return redirect("/staff/missed?said=cleared", 303)

    def capture(self) -> ResponseReturnValue:
        """Take a test picture and show it."""
        try:
            return self._pages.page("capture", proof=self._service.query.capture_for_staff())
        except KioskError as error:
            return self._pages.page("capture", fault=error), 503

    def statistics_csv(self) -> ResponseReturnValue:
        """Give all counts as a table."""
        return _file("statistics.csv", statistics.to_csv(self._office.statistics()), _TABLE)

    def missed_csv(self) -> ResponseReturnValue:
        """Give the list of missed matches as a table."""
        return _file("missed.csv", unmatched_log.to_csv(self._office.unmatched.entries()), _TABLE)

    def log_txt(self) -> ResponseReturnValue:
        """Give the log's last lines."""
        text = "".join(f"{line}\n" for line in self._office.recent_log.lines())
        return _file("printkiosk-log.txt", text, "text/plain; charset=utf-8")

    def _is_in(self) -> bool:
        return self._sessions.is_good(request.cookies.get(COOKIE, ""))


def _chosen(before: StaffPreferences) -> StaffPreferences:
    """Give the choices in a form; raises `PreferenceError` when they are none."""
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


def _let_forms_say_whence(response: Response) -> Response:
    """Let this page's own forms name their origin, which `no-referrer` would keep from them too."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response
