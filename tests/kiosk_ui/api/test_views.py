"""The HTTP API against the real service."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient

from device.service import KioskService

JPEG = {"Content-Type": "image/jpeg"}


@pytest.mark.slow
def test_the_printed_picture_finds_its_record(
    client: FlaskClient, upload: bytes, shown_ids: tuple[str, ...]
) -> None:
    response = client.post("/api/v1/search", data=upload, headers=JPEG)
    assert response.status_code == 200
    answer = response.get_json()
    assert answer["verdict"] == "same_print"
    assert answer["matches"][0]["record_id"] == shown_ids[0]
    assert answer["matches"][0]["record"]["title"]


@pytest.mark.slow
def test_an_answer_has_the_same_form_as_on_the_command_line(
    client: FlaskClient, upload: bytes
) -> None:
    answer = client.post("/api/v1/search", data=upload, headers=JPEG).get_json()
    assert list(answer) == [
        "bundle",
        "verdict",
        "matches",
        "sheet",
        "turn_deg",
        "mirrored",
        "hint",
        "timings_ms",
        "confidence",
    ]
    assert set(answer["matches"][0]) == {"record_id", "position", "score", "evidence", "record"}
    scores = [match["score"] for match in answer["matches"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.slow
def test_a_form_and_a_raw_body_give_the_same_answer(client: FlaskClient, upload: bytes) -> None:
    bare = client.post("/api/v1/search", data=upload, headers=JPEG).get_json()
    form = client.post("/api/v1/search", data={"image": (BytesIO(upload), "p.jpg")}).get_json()
    assert form["matches"] == bare["matches"]


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3, 12])
def test_count_bounds_the_matches(client: FlaskClient, upload: bytes, count: int) -> None:
    answer = client.post(f"/api/v1/search?count={count}", data=upload, headers=JPEG).get_json()
    assert len(answer["matches"]) == count


@pytest.mark.slow
def test_a_filter_keeps_all_others_out_of_the_answer(
    client: FlaskClient, upload: bytes, service: KioskService
) -> None:
    options = client.get("/api/v1/filters").get_json()["facets"]["maker"]
    value, count = options[-1]["value"], options[-1]["count"]
    response = client.post(
        "/api/v1/search", query_string={"maker": value}, data=upload, headers=JPEG
    )
    found = {match["record_id"] for match in response.get_json()["matches"]}
    assert len(found) == count
    assert all(value in (service.collection.record(record_id).makers or "") for record_id in found)


def test_an_unused_filter_value_gives_no_matches_and_no_error(
    client: FlaskClient, upload: bytes
) -> None:
    response = client.post("/api/v1/search?technique=no%20such%20thing", data=upload, headers=JPEG)
    assert response.status_code == 200
    answer = response.get_json()
    assert (answer["verdict"], answer["matches"]) == ("not_in_collection", [])


@pytest.mark.parametrize(
    "query",
    ["colour=red", "count=0", "count=many", "count=101", "year_from=x", "words=%22%22&size=1"],
)
def test_an_invalid_search_query_is_refused_in_one_line(
    client: FlaskClient, upload: bytes, query: str
) -> None:
    response = client.post(f"/api/v1/search?{query}", data=upload, headers=JPEG)
    assert response.status_code == 400
    assert list(response.get_json()) == ["error", "said"]
    assert "\n" not in response.get_json()["error"]


@pytest.mark.parametrize(
    "words", ['"', "*", "AND", "a OR", "(", "NEAR(", "x\0y", "';--", "🙂", "-"]
)
def test_words_are_words_and_never_a_query_language(client: FlaskClient, words: str) -> None:
    response = client.get("/api/v1/filters", query_string={"words": words})
    assert response.status_code in (200, 400)


def test_filters_say_how_many_records_remain(client: FlaskClient) -> None:
    whole = client.get("/api/v1/filters").get_json()
    assert whole["remaining"] == 12
    technique = whole["facets"]["technique"][0]
    narrowed = client.get("/api/v1/filters", query_string={"technique": technique["value"]})
    assert narrowed.get_json()["remaining"] == technique["count"]


def test_a_record_is_given_with_its_pictures(
    client: FlaskClient, shown_ids: tuple[str, ...]
) -> None:
    record = client.get(f"/api/v1/records/{shown_ids[0]}").get_json()
    assert record["record_id"] == shown_ids[0]
    for size in ("thumb", "screen"):
        picture = client.get(record["pictures"][size])
        assert picture.mimetype == "image/webp"
        assert picture.data[8:12] == b"WEBP"
        assert "immutable" in picture.headers["Cache-Control"]


def test_a_picture_that_may_not_be_shown_is_not_served(client: FlaskClient, hidden_id: str) -> None:
    assert client.get(f"/api/v1/records/{hidden_id}").get_json()["pictures"] is None
    assert client.get(f"/api/v1/records/{hidden_id}/picture?size=thumb").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/records/unknown", 404),
        ("/api/v1/records/unknown/picture", 404),
        ("/api/v1/records/..%2f..%2fetc%2fpasswd/picture", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/search", 405),
    ],
)
def test_a_missing_record_is_a_404_as_json(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert list(response.get_json()) == ["error", "said"]


@pytest.mark.parametrize("size", ["huge", "", "../thumb"])
def test_an_unknown_picture_size_is_refused(
    client: FlaskClient, shown_ids: tuple[str, ...], size: str
) -> None:
    response = client.get(f"/api/v1/records/{shown_ids[0]}/picture", query_string={"size": size})
    assert response.status_code == 400


def test_without_a_bundle_the_api_answers_503_with_retry_after(
    bare_client: FlaskClient, upload: bytes
) -> None:
    for response in (
        bare_client.post("/api/v1/search", data=upload, headers=JPEG),
        bare_client.get("/api/v1/records/x"),
        bare_client.get("/api/v1/filters"),
    ):
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert "bundle" in response.get_json()["error"]
        assert response.get_json()["said"] == "The collection is not available yet"


def test_health_is_bad_without_a_bundle_and_good_with_one(
    client: FlaskClient, bare_client: FlaskClient
) -> None:
    assert client.get("/healthz").status_code == 200
    response = bare_client.get("/healthz")
    assert response.status_code == 503
    assert (response.get_json()["well"], response.get_json()["phase"]) == (False, "no_bundle")


@pytest.mark.slow
def test_a_search_accepts_the_sheets_corners(
    client: FlaskClient, upload: bytes, shown_ids: tuple[str, ...]
) -> None:
    whole = client.post("/api/v1/search?corners=0,0,1,0,1,1,0,1", data=upload, headers=JPEG)
    assert whole.get_json()["matches"][0]["record_id"] == shown_ids[0]


@pytest.mark.parametrize("corners", ["", "0,0,1,0", "0,0,nan,0,1,1,0,1", "0,0,1,1,1,0,0,1"])
def test_corners_that_bound_no_sheet_are_refused_in_one_line(
    client: FlaskClient, upload: bytes, corners: str
) -> None:
    response = client.post(
        "/api/v1/search", query_string={"corners": corners}, data=upload, headers=JPEG
    )
    assert response.status_code == 400
    assert response.get_json()["error"].startswith("corners: expected ")
