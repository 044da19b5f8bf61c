"""The API conforms to its description: schemathesis tries valid and invalid requests.

`KIOSK_API=all` asks a hundred times as much (`make test-api`).
"""

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from kiosk_page import HOSTS, OWN, app_of, wait_for
from PIL import Image
from schemathesis import GenerationMode

from device.config import ScreenConfig
from device.service import KioskService
from device.service.state import Phase
from kiosk_ui import create_lan_app
from kiosk_ui.stand import api as stand_api

pytestmark = pytest.mark.slow

DESCRIPTION = Path(__file__).parents[3] / "kiosk_ui/openapi.json"
IS_WHOLE_RUN = os.environ.get("KIOSK_API") == "all"
OPERATIONS = [
    (path, method)
    for path, methods in json.loads(DESCRIPTION.read_text("utf-8"))["paths"].items()
    for method in methods
]
# What can be asked in no wrong way.
ALWAYS_RIGHT = {
    "/healthz",
    "/api/v1/openapi.json",
    "/api/v1/stand/dismiss",
    "/api/v1/stand/print.jpg",
    "/api/v1/records/{record_id}",
}
# There only while an answer is.
OF_AN_ANSWER = {"/api/v1/stand/print.jpg"}
ASKED = [
    (path, method, mode)
    for path, method in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or path not in ALWAYS_RIGHT
]
EXAMPLES = 400 if IS_WHOLE_RUN else 8


def _picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (190, 180, 160)).save(file, kind)
    return file.getvalue()


def _corners() -> some.SearchStrategy[str]:
    """Four corners around a sheet, which a pattern can't distinguish from collinear points."""
    share = some.floats(0.02, 0.2).map(lambda value: round(value, 3))
    return some.tuples(*[share] * 4).map(
        lambda v: f"{v[0]},{v[1]},{1 - v[2]},{v[1]},{1 - v[2]},{1 - v[3]},{v[0]},{1 - v[3]}"
    )


schemathesis.openapi.format("corners", _corners())
for media_type, kind in (
    ("image/jpeg", "JPEG"),
    ("image/jpg", "JPEG"),
    ("image/png", "PNG"),
    ("image/webp", "WEBP"),
    ("application/octet-stream", "JPEG"),
):
    schemathesis.openapi.media_type(media_type, some.just(_picture(kind)))


@schemathesis.hook
def filter_query(context: Any, query: dict[str, Any] | None) -> bool:
    """Exclude cases that only the description's words forbid, such as years out of order."""
    years = [(query or {}).get(name) for name in ("year_from", "year_to")]
    words = (query or {}).get("words")
    in_order = not all(isinstance(year, int) for year in years) or years[0] <= years[1]
    return in_order and (not isinstance(words, str) or len(words.split()) <= 50)


@pytest.fixture
def api(service: KioskService, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The description as the kiosk serves it, called through the application."""
    monkeypatch.setattr(stand_api, "STATE_WAIT_S", 0.01)
    monkeypatch.setattr(stand_api, "PREVIEW_WAIT_S", 0.01)
    app = app_of(service)
    app.wsgi_app = _at_the_stand(app.wsgi_app)  # type: ignore[method-assign]  # as Flask's own docs do
    # A form of too many parts is refused as too large, which schemathesis doesn't take for a refusal by itself.
    refusals = {"expected-statuses": [400, 403, 404, 405, 413, 415]}
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": refusals}})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)


def _at_the_stand(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Return an application that sees each request as from the stand's own machine."""

    def asked(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        return answer(environ | {"REMOTE_ADDR": "127.0.0.1"}, start)

    return asked


@pytest.mark.parametrize(("path", "method", "mode"), ASKED, ids=str)
def test_the_api_conforms_to_its_description(
    api: Any, service: KioskService, path: str, method: str, mode: GenerationMode
) -> None:
    if path in OF_AN_ANSWER:
        service.query.look()
        wait_for(service, Phase.FOUND)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not IS_WHOLE_RUN,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=api[path][method.upper()].as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        statuses.add(case.call_and_validate(headers=OWN).status_code)

    statuses: set[int] = set()
    asked()
    if mode is GenerationMode.POSITIVE and "{" not in path:
        assert statuses & {
            200,
            204,
        }, "nothing was ever answered: the description was not put to the test"


def test_a_record_and_its_picture_conform_to_the_description(
    api: Any, shown_ids: tuple[str, ...], hidden_id: str
) -> None:
    for record_id in (*shown_ids, hidden_id):
        for path in ("/api/v1/records/{record_id}", "/api/v1/records/{record_id}/picture"):
            case = api[path]["GET"].Case(path_parameters={"record_id": record_id})
            status = case.call_and_validate(headers=OWN).status_code
            assert status == (404 if record_id == hidden_id and "picture" in path else 200)


def test_every_route_of_the_api_is_described_and_no_other(service: KioskService) -> None:
    described = json.loads(DESCRIPTION.read_text("utf-8"))["paths"]
    routed = {
        (rule.rule.replace("<path:record_id>", "{record_id}"), method.lower())
        for rule in app_of(service).url_map.iter_rules()
        if rule.rule.startswith("/api/") or rule.rule == "/healthz"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert routed == {(path, method) for path, methods in described.items() for method in methods}


def test_phones_have_the_same_api_without_the_stands_routes(service: KioskService) -> None:
    lan = create_lan_app(service, ScreenConfig(), HOSTS)
    routed = {rule.rule for rule in lan.url_map.iter_rules() if rule.rule.startswith("/api/")}
    whole = {
        rule.rule for rule in app_of(service).url_map.iter_rules() if rule.rule.startswith("/api/")
    }

    assert whole - routed == {rule for rule in whole if rule.startswith("/api/v1/stand/")}


def test_the_served_description_is_the_documented_one(service: KioskService) -> None:
    served = app_of(service).test_client().get("/api/v1/openapi.json")

    assert served.data == DESCRIPTION.read_bytes()
    assert (DESCRIPTION.parents[1] / "docs/openapi.json").resolve() == DESCRIPTION


@pytest.fixture(autouse=True)
def _quiet(service: KioskService) -> Iterator[None]:
    yield
    service.query.dismiss()
