"""Renders the staff's pages: the sign-in, and each part behind it."""

import base64
import math
from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from flask import render_template, request

from device import __version__
from device.errors import KioskError, PinError, PinLockedError, PinMissingError
from device.service import Filters, KioskService, StaffCapture, StaffService
from kiosk_ui.staff import presenter, statistics
from kiosk_ui.staff.presenter import PARTS

# Confirmations that an address may ask for, after a form was saved.
_CONFIRMATIONS = ("kept", "cleared")
# Most values offered for each facet of the attract loop, and most lines of the log shown.
_MAX_OPTIONS = 40
_MAX_LOG_LINES = 200


class StaffPages:
    """Renders the staff's pages from the service's state."""

    def __init__(self, service: KioskService, staff: StaffService) -> None:
        self._service = service
        self._staff = staff
        # By part: its template, and the template's variables. The part is a segment of the address.
        self._parts: dict[str, tuple[str, Callable[[], dict[str, object]]]] = {
            "health": ("staff/health.html", self._health),
            "use": ("staff/statistics.html", self._use),
            "choices": ("staff/preferences.html", self._preferences),
            "missed": ("staff/unmatched.html", self._unmatched),
            "capture": ("staff/capture.html", dict),
            "log": ("staff/log.html", self._log),
        }

    def sign_in(self, error: PinError | None = None) -> str:
        """Render the page that asks for the PIN, with the reason why the last PIN was refused."""
        lockout = self._staff.pin_lockout
        if isinstance(error, PinMissingError) or not lockout.has_pin:
            said = "no_pin"
        elif isinstance(error, PinLockedError) or lockout.wait_s > 0:
            said = "locked"
        else:
            said = "wrong" if error else ""
        return render_template("staff/sign_in.html", said=said, wait_s=math.ceil(lockout.wait_s))

    def page(
        self, part: str, *, fault: KioskError | None = None, capture: StaffCapture | None = None
    ) -> str:
        """Render one of the staff's pages, such as `health`, with an error or a confirmation."""
        template, variables = self._parts[part]
        said = request.args.get("said")
        return render_template(
            template,
            part=part,
            parts=PARTS,
            fault=fault,
            said=said if said in _CONFIRMATIONS else None,
            capture=capture and _capture_values(capture),
            **variables(),
        )

    def _health(self) -> dict[str, object]:
        found = presenter.findings(
            self._service.health(),
            self._staff.report(),
            self._service.updates.report(),
            __version__,
        )
        return {"findings": found}

    def _use(self) -> dict[str, object]:
        return {"use": statistics.use_page(self._staff.statistics(), date.today())}

    def _preferences(self) -> dict[str, object]:
        chosen = self._staff.preferences
        try:
            facets = self._service.collection.options(Filters()).facets
        except KioskError:
            facets = {}
        return {
            "choices": chosen,
            "days": presenter.day_forms(chosen.opening),
            "times": presenter.TIMES,
            "facets": {name: options[:_MAX_OPTIONS] for name, options in facets.items()},
        }

    def _unmatched(self) -> dict[str, object]:
        listed = self._staff.unmatched.entries()[::-1]
        return {"misses": listed, "keeps": self._staff.preferences.keeps_unmatched}

    def _log(self) -> dict[str, object]:
        return {"lines": self._staff.recent_log.lines()[-_MAX_LOG_LINES:][::-1]}


def _capture_values(capture: StaffCapture) -> dict[str, object]:
    """Return a test capture as its page shows it.

    The picture is embedded in the page, so that it needs no address.
    """
    picture = base64.b64encode(capture.jpeg).decode("ascii")
    answer = capture.answer
    return {
        "picture": f"data:image/jpeg;base64,{picture}",
        "corners": [asdict(corner) for corner in capture.corners or ()],
        "verdict": answer.verdict.value,
        "hint": answer.hint,
        "matches": [(m.record.record_id, m.record.title, f"{m.score:.3f}") for m in answer.matches],
        "took_ms": round(sum(answer.timings_ms.values())),
        "width": capture.width,
        "height": capture.height,
        "source": capture.source,
    }
