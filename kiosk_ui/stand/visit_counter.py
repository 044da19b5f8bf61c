"""Counts visits at the stand for the staff's statistics, with the visitor's language only."""

from collections.abc import Callable

from flask import Response, request

from device.service import KioskService, StaffService
from kiosk_ui import security
from kiosk_ui.preferences import PreferenceCookies

# Endpoints that only a visitor's touch requests, unlike those that the page polls.
TOUCH_ENDPOINTS = frozenset(
    {
        "stand.look",
        "views.answer",
        "browsing.page",
        "browsing.by",
        "browsing.record",
        "views.narrowing",
        "comparison.why",
        "comparison.home",
    }
)


def count_visits(
    service: KioskService, staff: StaffService, preferences: PreferenceCookies
) -> Callable[[Response], Response]:
    """Return a function, to be called after each request, that counts visitors' touches."""

    def count(response: Response) -> Response:
        if response.status_code < 400 and security.is_stand() and _is_touch(service):
            staff.note_visitor(preferences.current().texts.language)
        return response

    return count


def _is_touch(service: KioskService) -> bool:
    # The page fetches an answer found hands-free without any touch.
    is_answer = request.endpoint == "views.stand" and service.snapshot().state.answer is not None
    return is_answer or request.endpoint in TOUCH_ENDPOINTS
