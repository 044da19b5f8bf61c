"""Browsing without a camera: the attract loop's slides, pages of prints, lists, records."""

from dataclasses import replace

from flask import Blueprint, abort, render_template, request

from device.service import Filters, KioskService, Order, Record, Relation
from kiosk_ui import labels, presenter, request_values
from kiosk_ui.browse import presenter as browse_presenter
from kiosk_ui.labels import Label, Related
from kiosk_ui.preferences import visitor_language

PAGE_PRINTS = 12
SIMILAR_PRINTS = 5
_MAX_PAGE = 1_000_000
_MAX_TURN = 1_000_000_000


def blueprint(service: KioskService) -> Blueprint:
    """Return the routes under `/attract`, `/browse` and `/records/`."""
    routes = Blueprint("browsing", __name__)
    views = _Views(service)

    @routes.get("/attract")
    def attract() -> str:
        request_values.refuse_unknown(request.args, ("turn",))
        turn = request_values.read_number(request.args, "turn", 0, _MAX_TURN) or 0
        return views.attract(turn)

    @routes.get("/browse")
    def page() -> str:
        filters = request_values.read_filters(request.args, also=("page", "order"))
        number = request_values.read_number(request.args, "page", 1, _MAX_PAGE) or 1
        return views.page(filters, request_values.read_order(request.args), number)

    @routes.get("/browse/by/<name>")
    def by(name: str) -> str:
        request_values.refuse_unknown(request.args, ("page",))
        return views.facet_list(
            name, request_values.read_number(request.args, "page", 1, _MAX_PAGE) or 1
        )

    @routes.get("/records/<path:record_id>")
    def record(record_id: str) -> str:
        return views.record(record_id)

    return routes


class _Views:
    """Renders the pages of the routes."""

    def __init__(self, service: KioskService) -> None:
        self._service = service

    def attract(self, turn: int) -> str:
        """Render one slide of the attract loop, or abort with 404 if none may be shown."""
        staff = self._service.staff
        chosen = staff.preferences.attract if staff is not None else None
        if chosen is not None and not chosen.enabled:
            abort(404, "the attract loop is switched off in the staff's preferences")
        terms = {chosen.facet: (chosen.value,)} if chosen is not None and chosen.facet else {}
        record = self._service.collection.lists.attract_print(Filters(terms=terms), turn)
        if record is None:
            abort(404, "the collection has no print whose picture may be shown")
        phase = self._service.snapshot().state.phase
        return render_template("browse/attract_slide.html", label=self._label(record), phase=phase)

    def page(self, filters: Filters, order: Order, number: int) -> str:
        """Render one page of prints."""
        found = self._service.collection.lists.page(filters, order, number, PAGE_PRINTS)
        undated = 0
        if filters.has_years:
            other = replace(filters, undated=not filters.undated)
            undated = abs(found.total - self._service.collection.lists.count(other))
        labels = [self._label(record) for record in found.records]
        page = browse_presenter.browse_page(found, filters, order, labels, undated)
        return render_template("browse/prints.html", page=page)

    def facet_list(self, name: str, number: int) -> str:
        """Render a page of the list of all makers, techniques or periods."""
        if name not in ("period", *browse_presenter.LISTED):
            abort(
                404,
                f"list {name[:40]!r}: expected period or one of {', '.join(browse_presenter.LISTED)}",
            )
        options = self._service.collection.options(Filters())
        if name == "period":
            counted = [(span, self._dated(*span)) for span in browse_presenter.periods(options)]
            entries = browse_presenter.period_entries(counted)
        else:
            entries = browse_presenter.facet_entries(name, options)
        language = presenter.language_of(name, self._service.collection.manifest.languages)
        page = browse_presenter.list_page(name, entries, number, language)
        return render_template("browse/facet_list.html", page=page)

    def record(self, record_id: str) -> str:
        """Render a print's label with its related works and similar prints."""
        record = self._service.collection.record(record_id)
        related = self._service.collection.related_works(record_id, SIMILAR_PRINTS)
        return render_template(
            "browse/record.html",
            label=self._label(record, with_related=True),
            wholes=browse_presenter.whole_entries(related),
            referring=[self._referring(relation) for relation in related.referring],
            alike=[self._label(each) for each in related.similar],
        )

    def _dated(self, start: int, end: int) -> int:
        """Return the number of dated prints in a span of years, both included."""
        filters = Filters(year_from=start, year_to=end, undated=False)
        return self._service.collection.lists.count(filters)

    def _label(self, record: Record, *, with_related: bool = False) -> Label:
        related_records = {
            relation.record_id: self._service.collection.record(relation.record_id)
            for relation in record.relations
            if with_related and relation.record_id is not None
        }
        manifest = self._service.collection.manifest
        return labels.label(
            record,
            manifest.bundle_id,
            manifest.languages,
            visitor_language(),
            related=related_records,
        )

    def _referring(self, relation: Relation) -> Related:
        """Return another record's relation to the one that is shown."""
        other = self._service.collection.record(relation.record_id) if relation.record_id else None
        languages = self._service.collection.manifest.languages
        return labels.related_to(relation, other, languages, visitor_language())
