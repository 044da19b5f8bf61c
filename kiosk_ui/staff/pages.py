"""What the staff's pages are rendered from: the door, and each part of what is inside."""

import base64
import math
from dataclasses import asdict
from datetime import date

from flask import render_template, request

from device import __version__
from device.errors import KioskError, PinError, PinLockedError, PinMissingError
from device.service import Filters, KioskService, StaffCapture, StaffService
from kiosk_ui.staff import presenter, statistics
from kiosk_ui.staff.presenter import PARTS

# What the page says after something was done.
_SAID = ("kept", "cleared")
# Parts whose template has another name than their address.
_TEMPLATES = {"use": "statistics", "choices": "preferences", "missed": "unmatched"}
_MOST_OFFERED = 40
_LINES_SHOWN = 200


class StaffPages:
    """Renders them."""

    def __init__(self, service: KioskService, office: StaffService) -> None:
        self._service = service
        self._office = office

    def door(self, error: PinError | None = None) -> str:
        """Give the page that asks for the PIN, and says what was wrong with the last."""
        door = self._office.pin_lockout
        if isinstance(error, PinMissingError) or not door.has_pin:
            said = "no_pin"
        elif isinstance(error, PinLockedError) or door.wait_s > 0:
            said = "locked"
        else:
            said = "wrong" if error else ""
        return render_template("staff/sign_in.html", said=said, wait_s=math.ceil(door.wait_s))

    def page(
        self, part: str, *, fault: KioskError | None = None, proof: StaffCapture | None = None
    ) -> str:
        """Give one part of what is inside."""
        said = request.args.get("said")
        return render_template(
            f"staff/{_TEMPLATES.get(part, part)}.html",
            part=part,
            parts=PARTS,
            fault=fault,
            said=said if said in _SAID else None,
            proof=proof and _shown(proof),
            **getattr(self, f"_{part}")(),
        )

    def _health(self) -> dict[str, object]:
        found = presenter.findings(
            self._service.health(),
            self._office.report(),
            self._service.updates.standing(),
            __version__,
        )
        return {"findings": found}

    def _use(self) -> dict[str, object]:
        return {"use": statistics.use_page(self._office.statistics(), date.today())}

    def _choices(self) -> dict[str, object]:
        chosen = self._office.preferences
        try:
            facets = self._service.collection.options(Filters()).facets
        except KioskError:
            facets = {}
        return {
            "choices": chosen,
            "days": presenter.day_forms(chosen.opening),
            "times": presenter.TIMES,
            "facets": {name: options[:_MOST_OFFERED] for name, options in facets.items()},
        }

    def _missed(self) -> dict[str, object]:
        listed = self._office.unmatched.entries()[::-1]
        return {"misses": listed, "keeps": self._office.preferences.keeps_unmatched}

    def _capture(self) -> dict[str, object]:
        return {}

    def _log(self) -> dict[str, object]:
        return {"lines": self._office.recent_log.lines()[-_LINES_SHOWN:][::-1]}


def _shown(proof: StaffCapture) -> dict[str, object]:
    """Give a proof as its page shows it; the picture goes into the page itself, so that it has no address."""
    picture = base64.b64encode(proof.jpeg).decode("ascii")
    answer = proof.answer
    return {
        "picture": f"data:image/jpeg;base64,{picture}",
        "outline": [asdict(corner) for corner in proof.outline or ()],
        "verdict": answer.verdict.value,
        "hint": answer.hint,
        "matches": [(m.record.record_id, m.record.title, f"{m.score:.3f}") for m in answer.matches],
        "took_ms": round(sum(answer.timings_ms.values())),
        "width": proof.width,
        "height": proof.height,
        "source": proof.source,
    }
