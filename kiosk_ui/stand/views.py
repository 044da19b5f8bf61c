"""The visitors' page and its parts, as HTML."""

from dataclasses import replace

from flask import Blueprint, Response, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound

from device.errors import BundleError
from device.service import Answer, KioskService, Record
from kiosk_ui import labels, presenter, request_values, security
from kiosk_ui.comparison import presenter as comparison_presenter
from kiosk_ui.concurrency_limits import ConcurrencyLimit
from kiosk_ui.labels import Label
from kiosk_ui.preferences import visitor_language
from kiosk_ui.presenter import Scene
from kiosk_ui.screen_config import Screen


def blueprint(service: KioskService, screen: Screen, searches: ConcurrencyLimit) -> Blueprint:
    """Return the routes of the visitors' page and of its parts.

    Args:
        service: The kiosk's service.
        screen: The touchscreen at the stand.
        searches: Limits how many searches wait for an answer.
    """
    routes = Blueprint("views", __name__)
    views = _Views(service)

    @routes.get("/")
    def index() -> str:
        is_stand = security.is_stand() and "guest" not in request.args
        return views.page(is_stand, screen)

    @routes.get("/screen.css")
    def screen_css() -> Response:
        # The page's policy forbids inline styles.
        return Response(f":root {{ --mm: {screen.px_per_mm:g}px; }}\n", mimetype="text/css")

    @routes.get("/style/<path:name>")
    def style(name: str) -> Response:
        if screen.style is None:
            raise NotFound
        return send_from_directory(screen.style.absolute(), name, max_age=0)

    @routes.get("/stand")
    def stand() -> str:
        security.require_stand()
        return views.stand_scene()

    @routes.get("/invite")
    def invite() -> str:
        return views.scene(views.invitation())

    @routes.post("/answer")
    def answer() -> str:
        filters = request_values.read_filters(request.args, also=("corners", "part"))
        corners = request_values.read_corners(request.args)
        picture = request_values.read_picture(request)
        with searches.slot():
            found = service.query.identify(picture, filters=filters, corners=corners, is_shown=True)
        is_part = request_values.read_number(request.args, "part", 0, 1) == 1
        return views.answer_scene(found, is_part=is_part)

    @routes.get("/narrowing")
    def narrowing() -> str:
        filters = request_values.read_filters(request.args)
        page = presenter.filters_page(
            service.collection.options(filters), filters, service.collection.manifest.languages
        )
        return render_template("stand/filters.html", page=page)

    return routes


class _Views:
    """Renders what several routes show."""

    def __init__(self, service: KioskService) -> None:
        self._service = service

    def page(self, is_stand: bool, screen: Screen) -> str:
        """Render the whole page with its scene in it, so that it is never blank."""
        snapshot = self._service.snapshot()
        shown = self._stand() if is_stand else self.invitation()
        return render_template(
            "stand/page.html",
            scene=shown,
            example=self._example(shown),
            is_stand=is_stand,
            is_hands_free=self._service.query.is_hands_free,
            hints=presenter.HINTS,
            screen=screen,
            boot_id=self._service.boot_id,
            revision=snapshot.revision,
            manifest=self._service.health().manifest,
        )

    def stand_scene(self) -> str:
        """Render the scene of the stand's state."""
        return self.scene(self._stand())

    def answer_scene(self, answer: Answer, *, is_part: bool) -> str:
        """Render the answer to an uploaded picture, or to a region of a print."""
        languages = self._service.collection.manifest.languages
        shown = presenter.answer_scene(answer, languages, visitor_language(), of_part=is_part)
        comparison_url = comparison_presenter.address_of(self._service, answer)
        return self.scene(replace(shown, comparison_url=comparison_url), is_own=True)

    def scene(self, shown: Scene, *, is_own: bool = False) -> str:
        """Render a scene as a fragment of the page; `is_own` if it answers this page's upload."""
        return render_template(
            "stand/scene.html",
            scene=shown,
            example=self._example(shown),
            is_own=is_own,
            is_hands_free=self._service.query.is_hands_free,
            hints=presenter.HINTS,
        )

    def invitation(self) -> Scene:
        """Return the scene that invites a guest to upload a picture."""
        health = self._service.health()
        return Scene(name="invite" if health.well else "no_bundle", answer=None, note="")

    def _stand(self) -> Scene:
        health = self._service.health()
        languages = health.manifest.languages if health.manifest else {}
        state = self._service.snapshot().state
        comparison_url = comparison_presenter.address_of(self._service, state.answer)
        return replace(
            presenter.scene(state, languages, visitor_language()), comparison_url=comparison_url
        )

    def _label(self, record: Record) -> Label:
        manifest = self._service.collection.manifest
        return labels.label(record, manifest.bundle_id, manifest.languages, visitor_language())

    def _example(self, shown: Scene) -> Label | None:
        """Return a print of the collection, for scenes that have no picture of their own."""
        if shown.name not in ("starting", "camera_lost", "invite"):
            return None
        try:
            probes = self._service.collection.manifest.probes
            records = [self._service.collection.record(record_id) for record_id in probes]
        except BundleError:
            return None
        return next((self._label(record) for record in records if record.show_picture), None)
