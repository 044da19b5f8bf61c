"""When a visitor does something at the stand: told to the staff's statistics, with the language they read and nothing else."""

from collections.abc import Callable

from flask import Response, request

from device.service import KioskService, StaffService
from kiosk_ui import security
from kiosk_ui.preferences import PreferenceCookies

# Each is asked for by somebody's touch; the page's own polls are no visitors.
TOUCHES = frozenset(
    {
        "stand.look",
        "views.answer",
        "browsing.page",
        "browsing.by",
        "browsing.record",
        "views.narrowing",
        "closer.why",
        "closer.home",
    }
)


def notes_visits(
    service: KioskService, office: StaffService, readers: PreferenceCookies
) -> Callable[[Response], Response]:
    """Give what tells the office of visitors, to be called after each request."""

    def note(response: Response) -> Response:
        if response.status_code < 400 and security.is_stand() and _is_touch(service):
            office.note_visitor(readers.reader().texts.language)
        return response

    return note


def _is_touch(service: KioskService) -> bool:
    # An answer found hands-free is fetched by the page alone.
    is_answer = request.endpoint == "views.stand" and service.snapshot().state.answer is not None
    return is_answer or request.endpoint in TOUCHES
